"""Talks with people: what came of each, who spoke with a number before, notes on it, messages between colleagues."""
