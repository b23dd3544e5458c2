"""Letters that the server sends by mail: a fax that came, a message in a mailbox, what came of something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import localtime, make_msgid, parseaddr
from io import BytesIO
from ipaddress import ip_address
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TookTooLong
from twisted.python.failure import Failure

from callserver.config import Config
from callserver.features import LetterRefused, NotMailed
from callserver.wire.catalogue import LANGUAGES, N_, Sentence, told

SEND_S = 120.0
TYPES = {"pdf": ("application", "pdf"), "wav": ("audio", "wav")}  # of what is attached, by the end of its name


@dataclass(frozen=True)
class MailServer:
    """
    Where mail goes out. Implements features' Mail.

    A connection that is lost is made once more; when else to try again, whoever sends the letter knows. What is said to
    a server elsewhere is encrypted where that server offers it, with a certificate that is proved; to one on this
    computer it is not, for what such a server shows is seldom more than a certificate of its own making.

    :param where: host:port
    :param in_thread: fires with what a job gives that takes more than 5 ms
    """

    reactor: Any
    in_thread: Callable[..., Deferred[Any]]
    where: str
    sender: str

    @classmethod
    def of(cls, reactor: Any, in_thread: Callable[..., Deferred[Any]], config: Config) -> MailServer | None:
        """As [mail] says, or, where that is empty, [fax], in which older shops have it; None: nothing is mailed."""
        where, sender = config.mail.server, config.mail.sender
        if not (where and sender):
            where, sender = config.fax.mail_server, config.fax.mail_from
        return cls(reactor, in_thread, where, sender) if where and sender else None

    def send(
        self, to: str, subject: Sentence, text: Sentence, attachment: tuple[str, bytes] | None = None
    ) -> Deferred[Any]:
        """
        One letter, in both languages; fires when the server has taken it.

        :param attachment: name and octets of a PDF or a WAV file
        :raises LetterRefused: the server does not take this letter
        :raises NotMailed: it is away, is silent, or breaks off
        """
        octets: Deferred[bytes] = self.in_thread(_octets, self.sender, to, subject, text, attachment)
        sent = octets.addCallback(lambda letter: self._send(to, letter))
        return sent.addErrback(_in_words)

    def _send(self, to: str, letter: bytes) -> Deferred[Any]:
        from twisted.mail.smtp import ESMTPSenderFactory  # installs a reactor where it is imported

        host, _, port = self.where.rpartition(":")

        def break_off(_: object) -> None:
            factory.sendFinished = True
            if factory.currentProtocol is not None:
                factory.currentProtocol.transport.abortConnection()
            else:
                connector.disconnect()

        sent: Deferred[Any] = Deferred(break_off)
        name = None if _is_here(host) else host
        factory: Any = ESMTPSenderFactory(  # type: ignore[no-untyped-call]
            None, None, self.sender, [to], BytesIO(letter), sent, 1, None, None, True, False, False, name
        )
        connector = self.reactor.connectTCP(host, int(port), factory)
        return sent.addTimeout(SEND_S, self.reactor)


def _in_words(failure: Failure) -> Failure:
    """What a mail server has said, in one line, without all that was said before."""
    from twisted.mail.smtp import SMTPClientError, SMTPConnectError, SMTPDeliveryError

    problem = failure.value
    if isinstance(problem, TookTooLong):
        raise NotMailed(N_("the mail server has not taken the letter in {s} s"), s=round(SEND_S)) from problem
    if isinstance(problem, SMTPConnectError):
        why = problem.__cause__ or _answer(problem.code, problem.resp)
        raise NotMailed(N_("the mail server cannot be reached: {problem}"), problem=why) from problem
    if isinstance(problem, SMTPDeliveryError) and problem.code > 0:
        of_each: Any = problem.addresses  # who was to get it, with what is said to that
        _, code, words = of_each[0] if of_each else (None, problem.code, problem.resp)
        raise LetterRefused(
            N_("the mail server refuses the letter: {problem}"), problem=_answer(code, words)
        ) from problem
    if isinstance(problem, SMTPClientError):
        answer = _answer(problem.code, problem.resp)
        raise NotMailed(N_("the mail server breaks off: {problem}"), problem=answer) from problem
    return failure


def _answer(code: int, words: bytes) -> str:
    return one_line(f"{code} {words.decode('utf-8', 'replace')}")


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name
        return False


def _octets(sender: str, to: str, subject: Sentence, text: Sentence, attachment: tuple[str, bytes] | None) -> bytes:
    """A tenth of a second for three minutes of sound."""
    return written(sender, to, subject, text, attachment).as_bytes()


def written(
    sender: str, to: str, subject: Sentence, text: Sentence, attachment: tuple[str, bytes] | None
) -> EmailMessage:
    """The letter as it is sent."""
    letter = EmailMessage()
    letter["From"], letter["To"] = sender, to
    letter["Date"] = localtime()  # a letter without it, or without a name of its own, looks like unwanted mail
    letter["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2] or "callserver")
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
