"""Seats at telephones: log-in, star codes, what is heard there."""
