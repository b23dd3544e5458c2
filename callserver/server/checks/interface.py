"""That programs can be answered as [interface] says."""

from __future__ import annotations

from collections.abc import Iterator

from callserver.config import Finding, Grade, Reading
from callserver.features.shopping.web.extra import missing_libraries
from callserver.server.checks.agents import listening
from callserver.wire.catalogue import Complaint


def interface(reading: Reading, running: bool) -> Iterator[Finding]:
    """Its library, and its port where no server holds it already."""
    config = reading.config.interface
    if not config.enabled:
        return
    if missing := missing_libraries():
        complaint = Complaint(
            'no program is answered: {libraries} is missing; install "callserver[interface]"',
            libraries=", ".join(missing),
        )
        yield reading.finding(complaint, "interface", "enabled", Grade.MISTAKE)
    agents = reading.config.agents
    if config.port and config.port == agents.port:
        complaint = Complaint("{port}: the agents' channel has this port; take another one", port=config.port)
        yield reading.finding(complaint, "interface", "port", Grade.MISTAKE)
    elif not running:
        yield from listening(reading, "interface", config.host, config.port, Grade.MISTAKE)
