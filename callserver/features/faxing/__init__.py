"""Faxes: documents into and out of the same call, received ones, and those that are sent by themselves."""
