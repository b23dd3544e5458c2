"""What supervisors do with other people's calls and seats, and what they are told."""
