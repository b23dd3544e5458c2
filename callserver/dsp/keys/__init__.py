"""Keys a caller presses, heard for a whole bank of channels."""
