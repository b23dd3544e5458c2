"""Telephone scripts: how they are written, what goes wrong, what happens."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import level_dbm0
from callserver.dsp.sound.files import read_wav, write_wav
from callserver.dsp.tones import tone
from callserver.emulator.exchange import Exchange
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.phone import PhoneListener
from callserver.emulator.script import Step, read_script
from callserver.emulator.script_run import ScriptEvent, run_script
from callserver.emulator.service_numbers import add_service_numbers
from callserver.wire.script_words import ScriptError

SHOPPER = """
caller 13912345678 "Li Ming" withheld   # hides the number
dial 8008
wait answer within 20
wait silence 1.2
press 100 1#  # Li's

speak 'my order.wav'
fax receive page.png
wait tone busy
wait 0.5
hang up
"""


class ReadingTests(SynchronousTestCase):
    def test_a_script(self) -> None:
        """One step a line; comments, empty lines and quotation marks as one expects them."""
        self.assertEqual(
            [(step.line, str(step)) for step in read_script(SHOPPER)],
            [
                (2, "caller 13912345678 Li Ming withheld"),
                (3, "dial 8008"),
                (4, "wait answer"),
                (5, "wait silence 1.2"),
                (6, "press 1001#"),
                (8, "speak my order.wav"),
                (9, "fax receive page.png"),
                (10, "wait tone busy"),
                (11, "wait 0.5"),
                (12, "hang up"),
            ],
        )
        self.assertEqual(str(read_script("press #")[0]), "press #")
        self.assertEqual(read_script("wait answer within 20"), [Step(1, "wait", ("answer",), 20.0)])

    def test_mistakes(self) -> None:
        """Each mistake names its line, the column of the word and what would be right."""
        for text, complaint in (
            ("dial 1\ndail 8008", "line 2, column 1: no command 'dail'; did you mean 'dial'?"),
            ("wait anser", "line 1, column 6: wait: 'anser': nothing to wait for; did you mean 'answer'?"),
            ("wait", "line 1, column 1: wait: for what? As in: wait answer, or for seconds: wait 0.5"),
            ("wait  answer within x", "line 1, column 21: wait: 'x': needs seconds, more than 0 and at most 3600"),
            ("wait 3 4", "line 1, column 8: wait: '4' after 3 means nothing"),
            ("wait hang up now", "line 1, column 14: wait: 'now' after hang up means nothing"),
            ("wait tone bussy", "line 1, column 11: wait: tone 'bussy': did you mean 'busy'?"),
            ("wait silence", "line 1, column 6: wait: '': needs seconds, more than 0 and at most 3600"),
            ("wait -3", "line 1, column 6: wait: '-3': needs seconds, more than 0 and at most 3600"),
            ("press 1x", "line 1, column 7: press: needs keys (0-9 * # A-D), as in: press 1001#"),
            ("dial", "line 1, column 1: dial: needs one number, as in: dial 8008"),
            (
                "caller Li",
                'line 1, column 8: caller: needs a number and perhaps a name, as in: caller 13912345678 "Li Ming"',
            ),
            (
                "fax page.png",
                "line 1, column 5: fax: needs receive and a PNG file, or send and a document, as in: "
                "fax receive page.png",
            ),
            ("hang on", "line 1, column 6: hang: is written: hang up"),
            ('speak "a.wav', 'line 1, column 7: a quotation mark is missing: "a.wav'),
        ):
            with self.assertRaises(ScriptError) as caught:
                read_script(text)
            self.assertEqual(str(caught.exception), complaint)

    @given(st.text(max_size=60))
    def test_any_text(self, text: str) -> None:
        """Any text is a script or a clear refusal."""
        try:
            read_script(text)
        except ScriptError as refusal:
            self.assertTrue(str(refusal).startswith("line "))


class ScriptRunTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.exchange = Exchange(self.clock)
        self.exchange.start()
        self.shop = self.exchange.add_phone("8008")
        self.folder = Path(tempfile.mkdtemp())

    def run_s(self, seconds: float) -> None:
        self.clock.pump([0.02] * round(seconds / 0.02))

    def test_a_call(self) -> None:
        """The steps happen in order and on time; both sides are in the recording."""
        write_wav(self.folder / "order.wav", tone([500.0], 4000, -12.0))
        told: list[ScriptEvent] = []
        script = (
            "caller 139 Li\ndial 8008\nwait answer\nwait silence 1\nspeak order.wav\npress 1#\nwait hang up\nhang up"
        )
        recording = self.folder / "call.wav"
        done = run_script(self.exchange, script, told.append, recording=recording, folder=self.folder)
        self.run_s(1)
        self.shop.lift()
        self.shop.say(tone([800.0], 8000, -20.0))
        self.run_s(3.5)
        self.shop.hang_up()
        self.run_s(0.1)
        self.assertEqual(self.successResultOf(done), told)
        self.assertEqual(
            [(event.line, event.what) for event in told],
            [
                (1, "caller 139 Li"),
                (2, "dial 8008"),
                (2, "ringback"),
                (3, "answered"),
                (3, "wait answer"),
                (4, "wait silence 1.0"),
                (5, "speak order.wav"),
                (6, "press 1#"),
                (7, "gone"),
                (7, "wait hang up"),
                (8, "hang up"),
            ],
        )
        at_s = {event.what: event.at_s for event in told}
        self.assertLess(abs(at_s["wait silence 1.0"] - at_s["answered"] - 2.0), 0.1)
        self.assertLess(abs(at_s["speak order.wav"] - at_s["wait silence 1.0"] - 0.5), 0.1)
        self.assertGreater(read_wav(recording).size, 8000 * 4)
        self.assertNotIn("139", self.exchange.phones)  # who came with the script goes with it

    def test_waiting_in_vain(self) -> None:
        """A wait that is over names its line, what it waited for and how long."""
        done = run_script(self.exchange, "caller 139\ndial 8008\nwait answer within 4")
        self.run_s(5)
        failure = self.failureResultOf(done, ScriptError)
        self.assertEqual(str(failure.value), "line 3: waited 4 s for answer; the telephone is ring-back")
        self.assertEqual(self.shop.stage, SubscriberStage.ON_HOOK)

    def test_other_side_hangs_up(self) -> None:
        """Nobody waits for words from a line that is gone."""
        done = run_script(self.exchange, "caller 139\ndial 8008\nwait answer\nwait sound")
        self.shop.lift()
        self.run_s(0.1)
        self.shop.hang_up()
        self.run_s(0.1)
        failure = self.failureResultOf(done, ScriptError)
        self.assertEqual(str(failure.value), "line 4: no sound will come: the other side has hung up")

    def test_who_is_called(self) -> None:
        """A script can also answer."""
        done = run_script(self.exchange, "wait ring\nwait 1\nanswer\nwait hang up", phone=self.shop)
        self.exchange.add_phone("139").dial("8008")
        self.run_s(2)
        self.exchange.phones["139"].hang_up()
        self.run_s(0.1)
        self.assertEqual(len(self.successResultOf(done)), 5)

    def test_missing_sound(self) -> None:
        """A WAV file that is not there is found before anybody dials."""
        done = run_script(self.exchange, "caller 139\ndial 8008\nspeak nowhere.wav", folder=self.folder)
        self.assertIn("line 3: ", str(self.failureResultOf(done, ScriptError).value))
        self.assertEqual(self.shop.stage, SubscriberStage.ON_HOOK)

    def test_nobody(self) -> None:
        """A script without a caller says what is missing."""
        done = run_script(self.exchange, "dial 8008")
        self.assertEqual(
            str(self.failureResultOf(done, ScriptError).value), "line 1: who calls? Begin with: caller 13912345678"
        )

    def test_cancelled(self) -> None:
        """Stopping a run hangs up."""
        done = run_script(self.exchange, "caller 139\ndial 8008\nwait answer")
        self.run_s(1)
        done.cancel()
        self.failureResultOf(done, CancelledError)
        self.assertEqual(self.shop.stage, SubscriberStage.ON_HOOK)

    def test_number_in_use(self) -> None:
        """Nobody calls from the shop's line, nor from a telephone that is in use."""
        self.exchange.add_line("600")
        self.exchange.add_phone("139").lift()
        for number, complaint in (("600", "taken"), ("139", "line 1: telephone 139 is in use: dialling")):
            done = run_script(self.exchange, f"caller {number}")
            self.assertIn(complaint, str(self.failureResultOf(done, ScriptError).value))

    def test_a_thousand_callers(self) -> None:
        """Callers who have gone leave nothing behind."""
        for number in range(1000):
            self.successResultOf(run_script(self.exchange, f"caller 1{number:04}\ndial 8008\nhang up"))
        self.assertEqual((len(self.exchange.lines), len(self.exchange.phones)), (2, 1))

    def test_service_numbers(self) -> None:
        """200 answers and plays, 201 is busy, 202 does not answer, 203 does not exist."""
        add_service_numbers(self.exchange, tone([700.0], 8000, -10.0))
        phone = self.exchange.add_phone("139")
        heard: list[np.ndarray] = []
        phone.attach(PhoneListener(on_sound=lambda block: heard.append(block.copy())))
        done = run_script(self.exchange, "caller 139\ndial 200\nwait answer\nwait hang up\nhang up")
        self.run_s(6)
        self.successResultOf(done)
        self.assertLess(abs(level_dbm0(np.concatenate(heard)[3 * 8000 + 800 : 4 * 8000]) + 10), 0.3)
        for number, complaint in (("201", "busy"), ("203", "unobtainable")):
            done = run_script(self.exchange, f"caller 139\ndial {number}\nwait answer")
            self.run_s(0.1)
            self.assertIn(complaint, str(self.failureResultOf(done, ScriptError).value))
        done = run_script(self.exchange, "caller 139\ndial 202\nwait answer within 10")
        self.run_s(11)
        self.failureResultOf(done, ScriptError)
