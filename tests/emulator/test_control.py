"""Programs reach a running exchange over its socket: scripts, a telephone opened, its sound."""

import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.protocols.amp import AMP, Command
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.codecs import LINEAR_16
from callserver.dsp.frames import level_dbm0
from callserver.dsp.tones import tone
from callserver.emulator.client import RemotePhone
from callserver.emulator.control import Failed, Lines, OpenPhone
from callserver.emulator.control_server import ControlServer
from callserver.emulator.exchange import Exchange
from callserver.emulator.keypad import Keypad
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.script_run import run_script
from callserver.emulator.service_numbers import add_service_numbers
from callserver.emulator.stdio_telephone import KeyboardTelephone, ScriptedTelephone
from callserver.wire.cells import cells
from callserver.wire.script_words import ScriptError


class ControlCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.exchange = Exchange(self.clock)
        self.exchange.start()
        add_service_numbers(self.exchange)
        self.events: list[tuple[str, str]] = []
        self.sound: list[bytes] = []
        self.server = ControlServer(self.exchange, lambda: {"201": "/dev/pts/7"})
        self.client = RemotePhone(lambda at_s, line, what, stage: self.events.append((what, stage)), self.sound.append)
        self.wires = StringTransport(), StringTransport()
        self.server.makeConnection(self.wires[0])
        self.client.makeConnection(self.wires[1])

    def carry(self) -> None:
        """What each side has written reaches the other."""
        pairs: tuple[tuple[StringTransport, AMP], ...] = (
            (self.wires[1], self.server),
            (self.wires[0], self.client),
        )
        while any(wire.value() for wire in self.wires):
            for wire, end in pairs:
                data = wire.value()
                wire.clear()
                end.dataReceived(data)

    def run_s(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.02)):
            self.carry()
            self.clock.advance(0.02)
        self.carry()

    async def ask(self, command: type[Command], **arguments: Any) -> Any:
        return await self.client.callRemote(command, **arguments)

    def take(self, **others: Any) -> Any:
        asked = {"number": "139", "name": "", "withheld": False, "folder": "", "recording": "", "listen": True}
        answer = Deferred.fromCoroutine(self.ask(OpenPhone, **{**asked, **others}))
        self.carry()
        return answer


class ControlTests(ControlCase):
    def test_lines(self) -> None:
        """Lines come with the ports of their modems and what they are doing."""
        answer = self.client.callRemote(Lines)
        self.carry()
        lines = self.successResultOf(answer)["lines"]
        self.assertEqual(lines[0], {"number": "201", "path": "/dev/pts/7", "stage": "dialling"})

    def test_a_call(self) -> None:
        """A program dials, is told how it gets on, hears, speaks and hangs up."""
        self.successResultOf(self.take())
        done = self.do("dial 200\nwait answer")
        self.run_s(4)
        self.assertEqual(self.successResultOf(done), "talking")
        self.assertEqual(self.events[:2], [("dial 200", "on hook"), ("ringback", "ringback")])
        self.assertIn(("answered", "talking"), self.events)
        self.sound.clear()
        self.client.say(LINEAR_16.encode(tone([500.0], 1600, -10.0)).tobytes())
        self.run_s(1)
        heard = LINEAR_16.decode(np.frombuffer(b"".join(self.sound), np.uint8))
        self.assertLess(abs(level_dbm0(heard[4000:]) + 15), 0.5)  # the tone of number 200
        self.assertEqual(self.exchange.phones["139"].stage, SubscriberStage.TALKING)

    def test_program_goes(self) -> None:
        """The telephone of a program that is gone is on hook."""
        self.take()
        waiting = self.do("dial 200\nwait hang up")
        self.run_s(5)
        self.server.connectionLost()
        self.assertNotIn("139", self.exchange.phones)
        self.assertEqual(self.exchange.phones["200"].stage, SubscriberStage.TONE)
        self.assertNoResult(waiting)

    def test_bell(self) -> None:
        """The bell of a telephone is told with the time since it was taken, as everything else is."""
        told: list[tuple[float, str]] = []
        self.client._on_event = lambda at_s, line, what, stage: told.append((at_s, what))
        self.take()
        self.run_s(3)
        self.exchange.phones["200"].dial("139")
        self.run_s(2)
        (at_s,) = [at_s for at_s, what in told if what == "bell"]
        self.assertGreater(at_s, 2.9)

    def do(self, script: str) -> Any:
        return Deferred.fromCoroutine(self.client.do(script))

    def test_failures(self) -> None:
        """What goes wrong is told in words."""
        early = self.do("dial 1")
        self.carry()
        self.assertIn("no telephone is open", str(self.failureResultOf(early, Failed).value))
        self.take()
        done = self.do("dial 201\nwait answer")
        self.run_s(0.1)
        self.assertIn("line 2: no answer will come: the number is busy", str(self.failureResultOf(done, Failed).value))
        wrong = self.do("dail 1")
        self.carry()
        self.assertIn("did you mean 'dial'?", str(self.failureResultOf(wrong, Failed).value))
        self.assertIn("already", str(self.failureResultOf(self.take(), Failed).value))

    def test_recording(self) -> None:
        """What was heard and said is kept when asked for; a path that cannot be written is refused."""
        path = Path(tempfile.mkdtemp()) / "call.wav"
        self.assertIn("No such file", str(self.failureResultOf(self.take(recording="/nowhere/x.wav"), Failed).value))
        self.take(recording=str(path))
        self.do("dial 200\nwait answer")
        self.run_s(4)
        self.server.connectionLost()
        self.assertGreater(path.stat().st_size, 16000 * 4 * 0.9)

    def test_a_number_that_is_taken(self) -> None:
        """Two programs do not share a telephone, even on hook; the second has it when the first is gone."""
        self.successResultOf(self.take())
        second = ControlServer(self.exchange, dict)
        second.makeConnection(StringTransport())
        asked = {"number": "139", "name": "", "withheld": False, "folder": "", "recording": "", "listen": False}
        with self.assertRaisesRegex(Failed, "another telephone has this number"):
            second.take(**asked)
        script = run_script(self.exchange, "caller 139")
        self.assertIn("telephone 139 is in use", str(self.failureResultOf(script, ScriptError).value))
        with self.assertRaisesRegex(Failed, "taken"):
            second.take(**{**asked, "number": self.exchange.add_line("8008").number})
        self.server.connectionLost()
        second.take(**asked)
        self.assertTrue(self.exchange.phones["139"].in_use)


class TypedTests(ControlCase):
    def test_lines_from_a_pipe(self) -> None:
        """Lines are done one after the other; mistakes are told and counted; the end of input ends."""
        self.take()
        told: list[str] = []
        telephone = ScriptedTelephone(self.client, told.append)
        over = telephone.when_over()
        telephone.dataReceived(b"dial 200\nwait answer\nnonsense\nwait 0.5\nhang up\n")
        self.run_s(3.2)
        self.assertEqual(self.exchange.phones["139"].stage, SubscriberStage.TALKING)
        self.run_s(0.6)
        self.assertEqual(self.exchange.phones["139"].stage, SubscriberStage.ON_HOOK)
        self.assertNoResult(over)
        telephone.connectionLost()
        self.assertEqual(self.successResultOf(over), 1)
        self.assertEqual(len(told), 1)
        self.assertTrue(told[0].startswith("no command 'nonsense'"))


class KeyboardTests(ControlCase):
    def test_a_person_at_the_keyboard(self) -> None:
        """Keys dial and hang up, the status line follows, q ends it; who waits for the end late is told too."""
        self.take()
        keypad, screen = Keypad([]), StringTransport()
        telephone = KeyboardTelephone(self.client, keypad, self.clock)
        telephone.makeConnection(screen)
        over = telephone.when_over()
        telephone.dataReceived(b"200\r")
        screen.clear()
        self.run_s(1.5)
        self.assertEqual((keypad.stage, b"200" in screen.value()), ("ringback", True))
        telephone.dataReceived(b" ")
        self.run_s(0.1)
        self.assertEqual(self.exchange.phones["139"].stage, SubscriberStage.ON_HOOK)
        self.assertNoResult(over)
        telephone.dataReceived(b"q")
        telephone.connectionLost()
        self.assertEqual((self.successResultOf(over), self.successResultOf(telephone.when_over())), (0, 0))
        self.assertTrue(screen.value().endswith(b"\r\n"))

    def test_one_line_of_the_terminal(self) -> None:
        """The status never takes more than one line, however narrow the terminal and whatever its language."""
        self.take()
        for language, width in (("en", 80), ("zh", 80), ("zh", 30), ("en", 20)):
            with patch.dict("os.environ", CALLSERVER_LANGUAGE=language, COLUMNS=str(width)):
                screen, keypad = StringTransport(), Keypad([])
                telephone = KeyboardTelephone(self.client, keypad, self.clock)
                telephone.makeConnection(screen)
                telephone.dataReceived(b"13912345678")
                telephone.happened(0, 0, "gone " + "and a long word about it " * 9, "talking")
                lines = screen.value().decode().replace("\r\x1b[K", "\n").split("\n")
                self.assertGreater(len(lines), 3)
                self.assertLess(max(cells(line.strip("\r")) for line in lines), width)
                telephone.connectionLost()


class KeypadTests(SynchronousTestCase):
    def test_keys_after_the_answer(self) -> None:
        """What is pressed for who has answered is not added to the number that was dialled; before that it is."""
        keypad = Keypad([])
        keypad.stage = "dialling"
        self.assertEqual([keypad.feed(key) for key in "80"], ["press 8", "press 0"])
        keypad.stage = "talking"
        keypad.feed("1")
        self.assertEqual(keypad.number, "80")

    def test_keys(self) -> None:
        """Digits make a number on hook and are keys off hook; Enter dials and answers; space is the hook."""
        keypad = Keypad(["/a b.wav", "/c.wav"])
        self.assertEqual([keypad.feed(key) for key in "80x09\x7f8\r"], [""] * 7 + ["dial 8008"])
        keypad.stage = "talking"
        self.assertEqual([keypad.feed(key) for key in "1#sss q"], KEYED)
        keypad.stage = "on hook"
        self.assertEqual([keypad.feed(" "), keypad.feed("\n")], ["lift", "lift"])
        keypad.stage = "ringing"
        self.assertEqual([keypad.feed("1"), keypad.feed("\r")], ["", "answer"])

    def test_status(self) -> None:
        """The line says what the telephone does, how long, and in both languages."""
        keypad = Keypad([])
        keypad.stage, keypad.number = "talking", "8008"
        for language, stage in (("en", "talking"), ("zh", "通话中")):
            with patch.dict("os.environ", CALLSERVER_LANGUAGE=language):
                self.assertTrue(keypad.status(65.2, "answered").startswith(f"[{stage} 1:05] 8008  answered"))


KEYED = ["press 1", "press #", 'speak "/a b.wav"', 'speak "/c.wav"', 'speak "/a b.wav"', "hang up", "quit"]
