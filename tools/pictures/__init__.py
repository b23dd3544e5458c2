"""Pictures of every screen of the agents' window: `python -m tools.pictures`."""
