"""Calls moved between people: transferred, parked, picked up, and what is done to one in hand."""
