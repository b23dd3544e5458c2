"""Signals: numpy in, numbers and events out; no reactor."""
