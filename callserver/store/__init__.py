"""The database, its one thread, upgrades, the tables of calls and events."""
