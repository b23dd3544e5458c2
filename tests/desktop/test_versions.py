"""A program and a server of different versions: said in words, and nobody rings at a seat that cannot answer."""

from __future__ import annotations

from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from callserver.wire.versions import CHANNEL_NUMBER, difference, own_version
from tests.agents.channel_case import ChannelCase


class WordsTests(SynchronousTestCase):
    def said(self, server: object, channel: object) -> str:
        refused = difference(server, channel)
        assert refused is not None
        return Refused.from_wire(str(refused)).text("en")  # as a program shows what came over the wire

    def test_the_same(self) -> None:
        """Another release with the same channel is no reason for anything."""
        self.assertIsNone(difference("99.0", CHANNEL_NUMBER))

    def test_which_is_older(self) -> None:
        """Who is older is told, what each has, and what is to be done."""
        newer = self.said("99.0", CHANNEL_NUMBER + 1)
        self.assertIn(f"versions differ: the server has 99.0, channel {CHANNEL_NUMBER + 1}", newer)
        self.assertIn(f"this program {own_version()}, channel {CHANNEL_NUMBER}: install the program", newer)
        with patch("callserver.wire.versions.CHANNEL_NUMBER", 3):
            self.assertIn("update the server", self.said("0.1.0", 2))

    def test_says_nothing(self) -> None:
        """A server of before these numbers, or one that says something else there, counts as older."""
        for channel in (None, 0, -1, "1", True, [], {"a": 1}):
            self.assertIn("does not say its version: update the server", self.said("", channel))


class LogInTests(ChannelCase):
    def test_the_server_says_it(self) -> None:
        """A program is told which server this is."""
        _, diary = self.program()
        (hello,) = diary.hellos
        self.assertEqual((hello.version, hello.channel), (own_version(), CHANNEL_NUMBER))

    def test_another_number(self) -> None:
        """The program leaves its seat again and says why, once: it does not try on."""
        with patch("callserver.agents.perspective.CHANNEL_NUMBER", CHANNEL_NUMBER + 1):
            _, diary = self.program()
            self.assertEqual(diary.lines, [("refused", Refusal.VERSIONS)])
            self.clock.advance(120)
            self.wires.settle()
        self.assertEqual(diary.lines, [("refused", Refusal.VERSIONS)])
        self.assertIs(self.state(), SeatState.OFF)
        self.assertEqual(diary.statuses, [])
