"""What a shop has set up of its people's work: groups, queues, hours, offices, classes of callers; in the database."""
