"""Faxes by mail: a received one with its PDF, and what came of one that was sent."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from twisted.internet.defer import Deferred

from callserver.wire.catalogue import LANGUAGES, Sentence, told

SEND_S = 120.0


@dataclass(frozen=True)
class MailServer:
    """
    Where mail goes out.

    :param where: host:port
    """

    reactor: Any
    where: str
    sender: str

    def send(
        self, to: str, subject: Sentence, text: Sentence, attachment: tuple[str, bytes] | None = None
    ) -> Deferred[Any]:
        """
        One letter, in both languages; fires when the server has taken it.

        :param attachment: name and octets of a PDF
        """
        from twisted.mail.smtp import sendmail  # installs a reactor where it is imported

        letter = written(self.sender, to, subject, text, attachment).as_bytes()
        host, _, port = self.where.rpartition(":")
        sent: Deferred[Any] = sendmail(host, self.sender, [to], letter, port=int(port), reactor=self.reactor)  # type: ignore[no-untyped-call]
        return sent.addTimeout(SEND_S, self.reactor)


def written(
    sender: str, to: str, subject: Sentence, text: Sentence, attachment: tuple[str, bytes] | None
) -> EmailMessage:
    """The letter as it is sent."""
    letter = EmailMessage()
    letter["From"], letter["To"] = sender, to
    letter["Subject"] = one_line(" / ".join(told(subject, language) for language in LANGUAGES))
    letter.set_content("\n\n".join(told(text, language) for language in LANGUAGES) + "\n")
    if attachment is not None:
        name, octets = attachment
        letter.add_attachment(octets, maintype="application", subtype="pdf", filename=name)
    return letter


def one_line(text: str) -> str:
    """A header holds no line ends, whatever another machine calls itself."""
    return " ".join(text.split())
