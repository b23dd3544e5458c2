"""What the window shows, one presenter a screen: plain Python, without Qt."""
