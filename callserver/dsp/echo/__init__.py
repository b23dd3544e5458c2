"""Our own sound taken out of what a line brings."""
