"""Who rings for whom: pure, from who waits, the seats, the settings and the time."""
