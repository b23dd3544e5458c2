"""What server and desktop both say: states, rights, refusals, records."""
