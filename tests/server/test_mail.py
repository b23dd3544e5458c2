"""Letters against a mail server on this computer: what it takes, refuses, never says, breaks off, encrypts."""

from __future__ import annotations

from pathlib import Path
from threading import get_ident
from typing import Any
from unittest.mock import patch

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import TestCase

from callserver.agents.tls import own_certificate
from callserver.features import LetterRefused, NotMailed
from callserver.server import mail
from callserver.server.mail import MailServer
from callserver.wire.messages import Phrase
from tests.mail_server import LocalMail

LI = "li@example.com"
SUBJECT, TEXT = Phrase("fax to {number} sent", {"number": "021"}), Phrase("the fax has no pages")


class MailServerTests(TestCase):
    timeout = 30

    def setUp(self) -> None:
        self.there = LocalMail()
        self.addCleanup(lambda: Deferred.fromCoroutine(self.there.close()))
        self.mail = MailServer(reactor, deferToThread, self.there.where, "shop@shop.example")

    def send(self, octets: bytes = b"%PDF-1.4") -> Deferred[Any]:
        return self.mail.send(LI, SUBJECT, TEXT, ("fax.pdf", octets))

    async def fails(self, kind: type[Exception], words: str) -> None:
        problem = await self.assertFailure(self.send(), kind)
        self.assertIs(type(problem), kind)
        self.assertIn(words, str(problem))
        self.assertNotIn("\n", str(problem), "of what was said before nobody wants to read")

    async def test_taken(self) -> None:
        """It gets the letter, with what is attached."""
        await self.send()
        (letter,) = self.there.letters
        self.assertEqual((letter["From"], letter["To"]), ("shop@shop.example", LI))
        self.assertIsNotNone(letter["Date"].datetime.tzinfo)
        self.assertTrue(letter["Message-ID"].endswith("@shop.example>"))
        (pdf,) = letter.iter_attachments()
        self.assertEqual((pdf.get_filename(), pdf.get_content()), ("fax.pdf", b"%PDF-1.4"))

    async def test_three_minutes(self) -> None:
        """Three minutes of sound are made a letter in a thread, and sent in many pieces: calls go on between them."""
        turns, threads = 0, set()

        def turn() -> None:
            nonlocal turns
            turns += 1
            self.turning = reactor.callLater(0, turn)  # type: ignore[attr-defined]

        def in_thread(job: Any, *arguments: Any) -> Deferred[Any]:
            return deferToThread(lambda: (threads.add(get_ident()), job(*arguments))[1])

        turn()
        self.addCleanup(lambda: self.turning.cancel())
        sound = bytes(range(256)) * 11_250
        self.mail = MailServer(reactor, in_thread, self.there.where, "shop@shop.example")
        await self.send(sound)
        self.assertEqual(len(threads), 1)
        self.assertNotIn(get_ident(), threads, "that of the calls")
        self.assertGreater(turns, 20)
        (attached,) = self.there.letters[0].iter_attachments()
        self.assertEqual(attached.get_content(), sound)

    async def test_refused(self) -> None:
        """An address it does not know: this letter is refused, in its own words."""
        self.there.refused.add(LI)
        await self.fails(LetterRefused, "550 Cannot receive for specified address")

    async def test_wants_more(self) -> None:
        """One that takes letters only encrypted, or from who logs in: so it is told, and nothing is sent."""
        for answer in ((530, b"Must issue a STARTTLS command first"), (530, b"5.7.0 Authentication required")):
            self.there.answer = answer
            await self.fails(LetterRefused, answer[1].decode())
        self.assertEqual(self.there.letters, [])

    async def test_away(self) -> None:
        """Nobody there."""
        await self.there.stop()
        await self.fails(NotMailed, "cannot be reached: ")

    async def test_no_mail_server(self) -> None:
        """One that is busy, and something that is no mail server at all: what it says is told."""
        self.there.greeting = b"421 too many of you\r\n"
        await self.fails(NotMailed, "421 too many of you")
        self.there.greeting = b"HTTP/1.1 400 Bad Request\r\n"
        await self.fails(NotMailed, "the mail server breaks off: ")

    async def test_silent(self) -> None:
        """Not a word, or none when it has all of the letter: it is given up, and not a minute is lost on it twice."""
        for mood in ("silent", "stuck"):
            self.there.mood = mood
            with patch.object(mail, "SEND_S", 0.2):
                await self.fails(NotMailed, "has not taken the letter in 0 s")
        self.assertEqual(self.there.letters, [])

    async def test_drops(self) -> None:
        """Who hangs up is asked once more, and no more than that."""
        self.there.mood = "drops"
        await self.fails(NotMailed, "cannot be reached: ")
        self.assertEqual(self.there.commands.count(b"RCPT"), 2)

    async def test_encrypted(self) -> None:
        """On this computer a certificate of its own making is not looked at; elsewhere none is believed unproved."""
        self.there.certificate = own_certificate(Path(self.mktemp_folder())).options
        await self.send()
        self.assertNotIn(b"STAR", self.there.commands)
        with patch.object(mail, "_is_here", lambda host: False):
            await self.fails(NotMailed, "certificate verify failed")
        self.assertEqual(len(self.there.letters), 1)

    def mktemp_folder(self) -> str:
        folder = Path(self.mktemp())
        folder.mkdir()
        return str(folder)
