<<<<<<< HEAD
"""What each screen of the agents' window shows and does: plain Python, without Qt."""
=======
"""What the window shows, one presenter a screen: plain Python, without Qt."""
>>>>>>> icons
