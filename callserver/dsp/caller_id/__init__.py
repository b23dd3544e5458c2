"""Caller ID as sound and as messages."""
