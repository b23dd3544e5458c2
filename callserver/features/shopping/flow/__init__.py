"""What callers of the shop hear, one file a task; each task is a story that reads from its first prompt to its last."""
