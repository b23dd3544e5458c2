"""What each screen of the agents' window shows and does: plain Python, without Qt."""
