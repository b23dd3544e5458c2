"""That what the settings say of faxes can be done."""

from __future__ import annotations

from collections.abc import Iterator

from callserver.config import Finding, Grade, Reading
from callserver.fax.documents.extra import missing_libraries
from callserver.wire.catalogue import Complaint

MAIL = ("mail_server", "mail_from", "mail_to")


def faxes(reading: Reading) -> Iterator[Finding]:
    """Mail that goes nowhere, lines for faxes without an engine, documents that nothing can draw."""
    config = reading.config.fax
    given = [key for key in MAIL if getattr(config, key)]
    if given and not {"mail_server", "mail_from"} <= set(given):
        complaint = Complaint("nothing is mailed: mail_server and mail_from are both needed")
        yield reading.finding(complaint, "fax", given[0], Grade.MISTAKE)
    for number, line in reading.config.lines.items():
        if line.fax == "receive" and not config.engines:
            complaint = Complaint("nothing is received: [fax] engines = 0")
            yield reading.finding(complaint, reading.line_section(number), "fax", Grade.MISTAKE)
            break
    if config.engines and (missing := missing_libraries()):
        complaint = Complaint(
            "only TIFF files can be faxed, and without a line that says from whom: {libraries} is missing; install "
            '"callserver[documents]"',
            libraries=", ".join(missing),
        )
        yield reading.finding(complaint, "fax", grade=Grade.NOTE)
