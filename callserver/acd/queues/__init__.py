"""Callers who wait, and those who are called back."""
