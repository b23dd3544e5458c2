"""AT results and commands, the <DLE> stream, one profile a chip family: bytes to events."""
