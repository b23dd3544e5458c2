"""A whole shop on virtual time: the server unchanged, scripted callers and agents, faults by seed, invariants."""
