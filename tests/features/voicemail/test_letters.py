"""Messages by mail: one letter that is refused holds nobody else's up, and what lay in a box before is not mailed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
from twisted.internet.defer import Deferred, fail, maybeDeferred, succeed
from twisted.internet.task import Clock
from twisted.mail.smtp import SMTPDeliveryError
from twisted.trial.unittest import SynchronousTestCase

from callserver.features import LetterRefused
from callserver.features.voicemail import rules
from callserver.features.voicemail.directory import Directory
from callserver.features.voicemail.files import Sounds
from callserver.features.voicemail.letters import AGAIN_S, LOOK_S, Letters
from callserver.features.voicemail.rules import Box, Message, Sounding
from callserver.server.mail import MailServer
from tests.store.inline import InlineStore

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
REFUSED = "nobody@example.com"


class LettersTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store, self.clock = InlineStore(), Clock()
        self.addCleanup(self.store.database.close)
        self.sent: list[str] = []
        self.alarms: list[str] = []
        self.refused = REFUSED
        folder = Path(self.mktemp())
        self.sounds = Sounds(folder, folder)
        self.sounds.prepare()
        mail = SimpleNamespace(send=self.send)
        house: Any = SimpleNamespace(clock=self.clock, mail=mail, in_thread=maybeDeferred, alarm=self.alarm)
        store: Any = self.store
        self.directory = Directory(self.clock, store)
        self.letters = Letters(house, store, self.directory, self.sounds, UTC, succeed)

    def send(self, to: str, *letter: Any) -> Deferred[Any]:
        if to == self.refused:
            return fail(LetterRefused("550 no such user"))
        self.sent.append(to)
        return succeed(None)

    def alarm(self, words: str, **about: Any) -> None:
        self.alarms.append(words.format(**about))

    def message(self, box: str, id_: str) -> None:
        self.sounds.keep(id_, np.full(4 * 8000, 0.1, np.float32))
        self.store.run(rules.put, [Message(id_, box, Sounding(id_, 4.0), NOW)])

    def runs(self, seconds: float = 0.0) -> None:
        """The server mails, and looks again for so long."""
        self.directory.soon()
        self.letters.startService()
        self.addCleanup(self.letters.stopService)
        self.clock.pump([LOOK_S] * round(seconds / LOOK_S))

    def test_refused(self) -> None:
        """A letter that is refused for one box is an alarm, once, and tried again; the others go meanwhile."""
        for number, to in (("11", REFUSED), ("12", "li@example.com")):
            self.store.run(rules.add_box, Box(number, "Li", mail_to=to))
            self.message(number, f"m{number}")
        self.runs(2 * AGAIN_S)
        self.assertEqual(self.sent, ["li@example.com"])
        self.assertEqual(self.alarms, ["messages of mailbox 11 could not be mailed: 550 no such user"])
        self.refused = ""
        self.clock.pump([LOOK_S] * round(AGAIN_S / LOOK_S))
        self.assertEqual(self.sent, ["li@example.com", REFUSED])

    def test_of_before(self) -> None:
        """Who has letters sent from today on is not sent, and does not lose, what has lain in the box for months."""
        self.store.run(rules.add_box, Box("12", "Li"))
        self.message("12", "old")
        self.store.run(rules.set_box, "12", {"mail_to": "li@example.com", "mail_delete": True})
        self.message("12", "new")
        self.runs()
        self.assertEqual(self.sent, ["li@example.com"])
        self.assertEqual([one.id for one in self.store.run(rules.messages, "12")], ["old"])

    def test_words(self) -> None:
        """What the mail server says of a letter is one line, without the talk before it."""
        refused = fail(SMTPDeliveryError(550, b"no such\r\nuser", b"<<< 250 ok"))
        with patch("twisted.mail.smtp.sendmail", return_value=refused):
            sent = MailServer(self.clock, "127.0.0.1:25", "shop@example.com").send(REFUSED, "a", "b")
        self.assertEqual(str(self.failureResultOf(sent, LetterRefused).value), "550 no such user")
