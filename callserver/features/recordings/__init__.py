"""Recordings of calls: found at once, heard and fetched by right, kept as the shop says, proved unchanged."""
