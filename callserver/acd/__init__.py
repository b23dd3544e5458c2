"""Staff, rights, seats, queues, routing."""
