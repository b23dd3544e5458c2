"""What the shop does by telephone; each feature stands alone, with the same file names inside."""
