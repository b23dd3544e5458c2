"""The receiving role: what it knows, what can happen to it, what it does, and when. See `machine`."""
