"""Sound files, levels, and whether somebody speaks."""
