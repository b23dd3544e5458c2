"""Documents that other features send as faxes, which are dialled by themselves."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.features.faxing.files import Files
from callserver.features.faxing.letters import Letter, Outbox

SENDER = ""  # no person: its parts are the house's own


@dataclass(frozen=True)
class FaxPost:
    """Implements `callserver.features.Post`."""

    files: Files
    outbox: Outbox

    async def by_fax(self, number: str, title: str, pdf: bytes) -> None:
        await self.files.take_part(SENDER, title, 0, pdf)
        file, _ = await self.files.convert_parts(SENDER, title)
        await self.outbox.add(number, Letter(file, title))
