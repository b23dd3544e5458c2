"""The window's widgets: each paints what its presenter shows, and decides nothing."""
