"""Letters that the server sends by mail: a fax that came, a message in a mailbox, what came of something."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from callserver.config import Config
from callserver.features import LetterRefused
from callserver.wire.catalogue import LANGUAGES, Sentence, told

SEND_S = 120.0
TYPES = {"pdf": ("application", "pdf"), "wav": ("audio", "wav")}  # of what is attached, by the end of its name


@dataclass(frozen=True)
class MailServer:
    """
    Where mail goes out. Implements features' Mail.

    :param where: host:port
    """

    reactor: Any
    where: str
    sender: str

    @classmethod
    def of(cls, reactor: Any, config: Config) -> MailServer | None:
        """As [mail] says, or, where that is empty, [fax], in which older shops have it; None: nothing is mailed."""
        where, sender = config.mail.server, config.mail.sender
        if not (where and sender):
            where, sender = config.fax.mail_server, config.fax.mail_from
        return cls(reactor, where, sender) if where and sender else None

    def send(
        self, to: str, subject: Sentence, text: Sentence, attachment: tuple[str, bytes] | None = None
    ) -> Deferred[Any]:
        """
        One letter, in both languages; fires when the server has taken it, fails with LetterRefused when it has not.

        :param attachment: name and octets of a PDF or a WAV file
        """
        from twisted.mail.smtp import sendmail  # installs a reactor where it is imported

        letter = written(self.sender, to, subject, text, attachment).as_bytes()
        host, _, port = self.where.rpartition(":")
        sent: Deferred[Any] = sendmail(host, self.sender, [to], letter, port=int(port), reactor=self.reactor)  # type: ignore[no-untyped-call]
        return sent.addTimeout(SEND_S, self.reactor).addErrback(_refused)


def _refused(failure: Failure) -> None:
    from twisted.mail.smtp import SMTPDeliveryError  # as above

    failure.trap(SMTPDeliveryError)  # type: ignore[no-untyped-call]
    refused: Any = failure.value
    raise LetterRefused(one_line(f"{refused.code} {refused.resp.decode('utf-8', 'backslashreplace')}")) from refused


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
        main, sub = TYPES[name.rpartition(".")[2]]
        letter.add_attachment(octets, maintype=main, subtype=sub, filename=name)
    return letter


def one_line(text: str) -> str:
    """A header holds no line ends, whatever another machine calls itself."""
    return " ".join(text.split())
