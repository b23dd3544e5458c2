"""How callers go through menus: pure functions of the event log. `walked` reads one call, `figures` counts many."""
