"""A call-centre telephone server for a shop."""
