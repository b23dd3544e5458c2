"""Reports: a question with its period, and tables as answers. They run in `store.read`, or in another process."""
