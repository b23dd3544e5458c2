"""Goods ordered and tracked by telephone."""
