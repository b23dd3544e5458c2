"""Messages by mail against a mail server on this computer: whatever it does, none is lost, none holds up others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from twisted.internet import reactor
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import TestCase

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.sound.files import wav_sound
from callserver.features import NotMailed
from callserver.features.voicemail import rules
from callserver.features.voicemail.directory import Directory
from callserver.features.voicemail.files import Sounds
from callserver.features.voicemail.letters import AGAIN_S, LOOK_S, Letters
from callserver.features.voicemail.rules import Box, Message, Sounding
from callserver.server.mail import MailServer
from tests.alarms import Alarms
from tests.mail_server import LocalMail
from tests.store.inline import InlineStore

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LI, WANG = "li@example.com", "wang@example.com"


class LettersTests(TestCase):
    """The shop's clock stands still until it is moved; the mail server lives in real time."""

    timeout = 30

    def setUp(self) -> None:
        self.store, self.there, self.alarms = InlineStore(), LocalMail(), Alarms()
        self.addCleanup(self.store.database.close)
        self.addCleanup(lambda: Deferred.fromCoroutine(self.there.close()))
        self.sounds = Sounds.of(Path(self.mktemp()).absolute(), encrypt=True)
        self.sounds.prepare()
        self.numbers = count(1)
        self.clock = self.store.reactor
        self.letters = self.open()
        self.box("12", LI)

    def open(self) -> Letters:
        store: Any = self.store
        mail = MailServer(reactor, deferToThread, self.there.where, "shop@shop.example")
        house: Any = SimpleNamespace(clock=self.clock, mail=mail, in_thread=maybeDeferred, alarm=self.alarms)
        self.directory = Directory(self.clock, store)
        delete = lambda ids: maybeDeferred(self.sounds.delete, ids)  # noqa: E731
        return Letters(house, store, self.directory, self.sounds, UTC, delete)

    def box(self, number: str, to: str, *, delete: bool = True) -> None:
        self.store.run(rules.add_box, Box(number, f"Box {number}", mail_to=to, mail_delete=delete))
        self.successResultOf(Deferred.fromCoroutine(self.directory.follow()))

    def leave(self, box: str = "12") -> FloatArray:
        """A message there; its sound."""
        id_ = f"m{next(self.numbers)}"
        sound: FloatArray = np.random.default_rng(len(id_)).uniform(-0.5, 0.5, 4 * RATE_HZ).astype(np.float32)
        length_s = self.sounds.keep(id_, sound)
        message = Message(id_, box, Sounding(id_, length_s), NOW + timedelta(minutes=next(self.numbers)), number="139")
        self.store.run(rules.put, [message])
        return sound

    def left(self, box: str = "12") -> list[Message]:
        return list(self.store.run(rules.messages, box))

    async def looks(self, after_s: float = LOOK_S) -> None:
        """The next look, until it is over."""
        if not self.letters.running:
            self.letters.startService()
            self.addCleanup(self.letters.stopService)
        else:
            self.clock.advance(after_s)
        while self.letters._mailing is not None:
            await deferLater(reactor, 0.002)

    async def test_with_its_sound(self) -> None:
        """Taken, it is heard there as it was said; here it is deleted, since its box says so, with its file."""
        sound = self.leave()
        await self.looks()
        (letter,) = self.there.letters
        (wav,) = letter.iter_attachments()
        np.testing.assert_allclose(wav_sound(wav.get_content(), "wav"), sound, atol=1e-4)
        self.assertEqual((self.left(), self.sounds.vault.files(".wav")), ([], {}))

    async def test_away(self) -> None:
        """Nobody there: the shop is told once, and all comes, in order, when somebody is; nothing twice."""
        where = self.there.where
        await self.there.close()
        self.leave()
        self.leave()
        await self.looks()
        await self.looks(AGAIN_S)
        self.assertEqual(len(self.flushLoggedErrors(NotMailed)), 2)
        self.assertEqual([text.partition(":")[0] for text in self.alarms], ["messages could not be mailed"])
        self.assertEqual(len(self.left()), 2)
        self.there = LocalMail(int(where.rpartition(":")[2]))
        await self.looks(AGAIN_S)
        await self.looks()
        self.assertEqual(len(self.there.letters), 2)
        self.assertEqual(self.left(), [])

    async def test_one_refused(self) -> None:
        """An address that is not known keeps its box's messages, and holds up nobody else's."""
        self.box("13", WANG)
        for box in ("12", "12", "13"):
            self.leave(box)
        self.there.refused.add(LI)
        await self.looks()
        self.assertEqual([letter["To"] for letter in self.there.letters], [WANG])
        self.leave("13")
        await self.looks()
        self.assertEqual([letter["To"] for letter in self.there.letters], [WANG, WANG])
        self.assertEqual(len(self.left("12")), 2)
        (told,) = self.alarms
        self.assertIn(f"messages of mailbox 12 could not be mailed to {LI}: the mail server refuses", told)
        self.there.refused.clear()
        await self.looks(AGAIN_S)
        self.assertEqual((self.left("12"), len(self.there.letters)), ([], 4))

    async def test_of_before(self) -> None:
        """Who has letters sent from today on is not sent, and does not lose, what has lain in the box for months."""
        self.box("13", "")
        self.leave("13")
        self.store.run(rules.set_box, "13", {"mail_to": WANG, "mail_delete": True})
        await Deferred.fromCoroutine(self.directory.follow())
        self.leave("13")
        await self.looks()
        self.assertEqual([letter["To"] for letter in self.there.letters], [WANG])
        self.assertEqual([one.id for one in self.left("13")], ["m1"])

    async def test_stops_meanwhile(self) -> None:
        """The server stops while a letter is on its way: nothing hangs, and the next one mails it."""
        self.leave()
        self.there.mood = "stuck"
        self.letters.startService()
        while not self.there.n_stuck:
            await deferLater(reactor, 0.002)
        self.letters.stopService()
        self.assertIsNone(self.letters._mailing)
        self.assertEqual((len(self.left()), self.alarms), (1, []))
        self.there.mood = "takes"
        self.letters = self.open()
        await Deferred.fromCoroutine(self.directory.follow())
        await self.looks()
        self.assertEqual((len(self.there.letters), self.left()), (1, []))

    async def test_without_its_sound(self) -> None:
        """What cannot be read is not attached, the letter says so, and the message stays; it is not mailed again."""
        self.leave()
        key = self.sounds.vault.shop / "recordings.key"
        key.rename(key.with_suffix(".away"))
        await self.looks()
        await self.looks()
        (letter,) = self.there.letters
        self.assertEqual(list(letter.iter_attachments()), [])
        self.assertIn("its sound cannot be read, and is not attached", letter.get_content())
        key.with_suffix(".away").rename(key)
        (kept,) = self.left()
        self.assertEqual(self.sounds.read(kept.sounds).size, 4 * RATE_HZ)
