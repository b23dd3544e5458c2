"""Documents that other features send: by the mail server of [fax], or as a fax that is dialled by itself."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.features.faxing.files import Files, NoMail
from callserver.features.faxing.letters import Letter, Outbox
from callserver.wire.catalogue import N_, Sentence

SENDER = ""  # no person: its parts are the house's own


@dataclass(frozen=True)
class FaxPost:
    """Implements `callserver.features.Post`."""

    files: Files
    outbox: Outbox

    async def by_mail(self, to: str, subject: Sentence, text: Sentence, attachment: tuple[str, bytes]) -> None:
        if self.files.mail_server is None:
            raise NoMail(N_("no mail server is set in [fax]"))
        await self.files.mail_server.send(to, subject, text, attachment)

    async def by_fax(self, number: str, title: str, pdf: bytes) -> None:
        await self.files.take_part(SENDER, title, 0, pdf)
        file, _ = await self.files.convert_parts(SENDER, title)
        await self.outbox.add(number, Letter(file, title))
