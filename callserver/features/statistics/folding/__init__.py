"""From the event log to rows that reports add up: pure, event by event, the same from any cut of the log."""
