"""Recordings heard by telephone; a line that is a plain recorder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.vocabulary import Kind
from callserver.dsp.sound.files import read_tracks, write_wav
from callserver.emulator.script_run import run_script
from callserver.features.recordings.search import Recorded, Wanted, search
from callserver.wire.records import CallRecord
from callserver.wire.rights import Right
from tests.dsp.progress.test_answer import voice as somebody
from tests.features.recordings.sound_case import voices, write_sound
from tests.server.virtual_server import VirtualServer

LISTENER, OTHER, PIN = "809", "801", "470815"
COMES_IN = """
caller 13912345678 "Supervisor"
dial 8008
wait answer
wait silence 1.2
press {number}#
wait silence 1.2
press {pin}#
wait silence 1.2 within 30
"""


class HearingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = Path(self.mktemp())
        self.shop = VirtualServer(self, self.path, device="emulated\nmenu = recordings").open()
        staff = self.shop.server.centre.staff
        self.shop.until(staff.add(LISTENER, "Xiao Lin", "a long password 7", [Right.SUPERVISOR, Right.PLAY_RECORDINGS]))
        for number in (LISTENER, OTHER):
            self.shop.until(staff.set_pin(number, PIN))
        self.recorded()

    def recorded(self) -> None:
        """A call of 801, a minute long."""
        server = self.shop.server
        write_sound(server.folder.recordings / "first.wav", voices(60))
        record = CallRecord("call-1", "in", "line 1", "13900000000", None, server.events.now())
        self.shop.until(server.journal.open_call(record))
        self.tell(Kind.RECORDING, file="first.wav")
        self.tell(Kind.CONNECT, person="801", seat="801")
        self.tell(Kind.RECORDING_END, file="first.wav", length_s=60.0)
        self.shop.wait(5)

    def tell(self, kind: Kind, **data: object) -> None:
        self.shop.server.events.write(kind, call_id="call-1", channel="line 1", **data)  # type: ignore[arg-type]

    def call(self, script: str, number: str = LISTENER) -> tuple[list[str], float]:
        """What he was told, and how many seconds of the call he heard something."""
        assert self.shop.server.exchange is not None
        n_before, heard = len(self.shop.events), Path(self.mktemp()).with_suffix(".wav")
        story = COMES_IN.format(number=number, pin=PIN) + script
        self.shop.until(run_script(self.shop.server.exchange, story, recording=heard))
        self.shop.wait(5)
        told = [event.data["names"] for event in self.shop.events[n_before:] if event.kind == Kind.PROMPT.value]
        sound = read_tracks(heard)[0]
        loud = np.abs(sound[: sound.size // 160 * 160].reshape(-1, 160)).max(axis=1) > 0.05
        return [str(name) for names in told for name in names], float(loud.sum()) * 0.02  # type: ignore[union-attr]

    def audits(self) -> list[tuple[object, ...]]:
        found = [event for event in self.shop.events if event.kind == Kind.AUDIT.value]
        return [
            (one.person, one.data["target"], one.data["result"]) for one in found if one.data["act"] == "play_recording"
        ]

    def test_heard(self) -> None:
        """By its number he hears all of it; who has heard it is written down, and his own call is not recorded."""
        _, before_s = self.call("wait 1\nhang up\n")
        told, heard_s = self.call("press 1#\nwait 80\nhang up\n")
        self.assertGreater(heard_s - before_s, 50)
        self.assertIn("recording-enter-number", told)
        self.assertEqual(self.audits(), [(LISTENER, "recording 1", "done")])
        self.assertEqual([path.name for path in self.shop.server.folder.recordings.glob("*.wav")], ["first.wav"])

    def test_keys(self) -> None:
        """# on, * back, 0 pauses; another key ends it, and he may ask for the next."""
        keys = "wait 5\npress #\nwait 2\npress *\nwait 2\npress 0\nwait 6\npress 0\nwait 5\npress 5\nwait 4\n"
        told, _ = self.call(f"press 1#\n{keys}hang up\n")
        self.assertIn("mail-paused", told)
        self.assertEqual(told.count("recording-enter-number"), 2)

    def test_unknown(self) -> None:
        """A number that there is not; a deleted one; a file that is gone: told, and he may go on."""
        told, _ = self.call("press 77#\nwait 8\nhang up\n")
        self.assertIn("recording-unknown", told)
        (self.shop.server.folder.recordings / "first.wav").unlink()
        told, _ = self.call("press 1#\nwait 8\nhang up\n")
        self.assertIn("recording-not-heard", told)

    def test_his_own(self) -> None:
        """Without right 1 nobody hears others' calls; * is the newest of his own."""
        self.give(LISTENER, Right.PLAY_RECORDINGS)
        told, _ = self.call("press 1#\nwait 8\nhang up\n")
        self.assertIn("recording-unknown", told)
        self.give(OTHER, Right.PLAY_RECORDINGS)
        told, _ = self.call("press *\nwait 30\nhang up\n", OTHER)
        self.assertNotIn("recording-unknown", told)
        self.assertIn((OTHER, "recording 1", "done"), self.audits())

    def test_right(self) -> None:
        """Without right 6 he hears that he may not."""
        self.give(LISTENER, Right.SUPERVISOR)
        told, _ = self.call("press 1#\nwait 8\nhang up\n")
        self.assertIn("seat-not-allowed", told)
        self.assertEqual(self.audits(), [(LISTENER, "recording 1", "no-right: 6")])

    def give(self, number: str, *rights: Right) -> None:
        self.shop.until(self.shop.server.centre.staff.set_rights(number, frozenset(rights)))
        self.shop.wait(3)


class RecorderTests(SynchronousTestCase):
    def test_by_voice(self) -> None:
        """A line with the menu "recorder" and a rule by voice: a recording for each time that somebody speaks there."""
        path, voice = Path(self.mktemp()), Path(self.mktemp()).with_suffix(".wav")
        rules = "no\nrules = line 1: voice\nvoice_silence_s = 3"
        shop = VirtualServer(self, path, device="emulated\nmenu = recorder", announce=rules).open()
        write_wav(voice, np.asarray(somebody(3.0), np.float32))
        speaks = f"wait 30\nspeak {voice.absolute()}\n"
        story = f"caller 13912345678\ndial 8008\nwait answer\n{speaks}{speaks}wait 20\nhang up\n"
        assert shop.server.exchange is not None
        shop.until(run_script(shop.server.exchange, story))
        shop.wait(40)
        page = shop.until(shop.server.store.read(search, Wanted()))
        found: list[Recorded] = page.found
        lengths = [round(one.length_s or 0) for one in found]
        self.assertEqual(lengths, [7, 7])  # and none of the busy tone behind them
        told = [event.data["names"] for event in shop.events if event.kind == Kind.PROMPT.value]
        self.assertEqual(told, [])
