"""Documents into pages that a fax machine takes, and such pages into documents."""
