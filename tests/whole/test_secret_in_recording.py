"""
What a caller keys in as a secret is nowhere: in no file, table, log or timeline, and not in the recorder's memory.

Proved by looking at every octet that the server has written, and at all that its recorder holds while the secret is
keyed in. The keys are known by their digits in text, and by their tones in sound.
"""

from __future__ import annotations

import gc
import io
import json
import logging
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import ClassVar

import numpy as np
from twisted.logger import globalLogPublisher, jsonFileLogObserver
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import RATE_HZ
from callserver.dsp.hearing import hear_tracks
from callserver.dsp.progress.plans import plan
from callserver.dsp.sound.files import read_tracks
from callserver.media.recent import Recent
from callserver.media.recording import Recording
from callserver.wire.records import EventRecord
from callserver.wire.states import SeatState
from tests.whole.hall import Hall
from tests.whole.test_telephone_seat import Telephone

SECRET, OPEN = "471108", "95"
COMES = """
caller 13912345678 "Li Ming"
dial {shop}
wait answer
wait 3
press 1
wait 3
press 0
wait 12
"""
SILENT = 3  # of 32768: what an encoder makes of nothing


def held_recordings() -> list[Recording | Recent]:
    """All in this process's memory, also those that a test before has left."""
    return [one for one in gc.get_objects() if isinstance(one, Recording | Recent)]


class SecretCase(SynchronousTestCase):
    settings: ClassVar[dict[str, str]] = {}

    def setUp(self) -> None:
        self.others = held_recordings()
        self.log = io.StringIO()
        observer = jsonFileLogObserver(self.log)
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        logging.disable(logging.NOTSET)
        self.hall = Hall(self, settings=self.settings)
        self.agent = self.hall.comes("801")
        self.hall.first = self.agent
        self.customer = Telephone(self.hall.shop)
        self.addCleanup(self.customer.is_gone)
        self.customer.does(COMES)
        self.hall.until(lambda: self.hall.seat("801").status.state is SeatState.RINGING)
        self.hall.does(self.agent, "answer")

    def keys_in_a_secret(self) -> None:
        """The agent hides it; the customer keys it in; it is shown again. Keys before and after are no secret."""
        self.customer.does(f"press {OPEN}\nwait 2")
        self.hall.does(self.agent, "hide_secret")
        for digit in SECRET:
            self.customer.does(f"press {digit}\nwait 0.3")
            self.assertEqual(self.held(), 0, "the recorder holds sound of a secret")
        self.customer.does("wait 1")
        self.hall.does(self.agent, "show_again")
        self.customer.does(f"wait 1\npress {OPEN}\nwait 2")

    def held(self) -> int:
        """The loudest sample of the last half second in whatever the recorder has in memory."""
        loudest = 0
        for one in held_recordings():
            if any(one is other for other in self.others):
                continue
            if isinstance(one, Recent):
                loudest = max(loudest, _loudest(one.sound()[-4 * RATE_HZ // 2 :]))
            elif not one._stopping:
                loudest = max(loudest, _loudest(bytes(one._pending)[-4 * RATE_HZ // 2 :]))
        return 0 if loudest <= SILENT else loudest

    def over(self) -> None:
        self.hall.does(self.agent, "hang_up")
        self.hall.shop.wait(60)
        self.hall.shop.until(self.hall.shop.server.stopService())

    def written(self) -> Iterator[tuple[str, bytes]]:
        """Every octet the server has written, and the log."""
        top = self.hall.shop.folder.path
        for path in sorted(top.rglob("*")):
            if path.is_file() and path.name not in ("config.ini",) and "first-passwords" not in path.parts:
                yield str(path.relative_to(top)), path.read_bytes()
        yield "the log", self.log.getvalue().encode()

    def secret_is_nowhere(self) -> None:
        for name, octets in self.written():
            if not name.endswith(".wav"):
                self.assertNotIn(SECRET.encode(), octets, name)
                self.assertNotIn(" ".join(SECRET).encode(), octets, name)
                self.assertNotIn(json.dumps(list(SECRET)).encode(), octets, name)
        digits = "".join(str(one.data["digit"]) for one in self.hall.events if one.kind == "key")
        self.assertNotIn(SECRET, digits)
        self.assertNotIn(SECRET, "".join(one for one in digits if one.isdecimal()))
        for event in self.hall.events:
            self.assertNotIn(SECRET, str(event.data))

    def recordings(self) -> list[Path]:
        return sorted(self.hall.shop.folder.recordings.glob("*.wav"))


def _loudest(sound: bytes) -> int:
    samples = np.frombuffer(sound[: len(sound) // 2 * 2], "<i2")
    return int(np.abs(samples.astype(int)).max()) if samples.size else 0


def keys_heard(path: Path) -> str:
    """The keys whose tones are in a recording, on either track."""
    heard = hear_tracks(read_tracks(path), plan("cn"))
    return "".join(str(one.figures["key"]) for one in heard if one.what == "key" and one.track == 0)


class RecordedTests(SecretCase):
    def test_by_rule(self) -> None:
        """Silence of equal length in both tracks, marks at its ends; what was keyed before and after is heard."""
        self.keys_in_a_secret()
        self.over()
        self.secret_is_nowhere()
        (path,) = self.recordings()
        heard = keys_heard(path)
        self.assertEqual("".join(one for one, _ in groupby(heard)).count("95"), 2, heard)
        self.assertFalse(set(SECRET) & set(heard) - set("10"), heard)
        begins, ends = self.marks("secret begins"), self.marks("secret ends")
        self.assertEqual((len(begins), len(ends)), (1, 1))
        silent = read_tracks(path)[:, begins[0] : ends[0]]
        self.assertGreater(silent.shape[1] / RATE_HZ, 2.5)
        self.assertLessEqual(float(np.abs(silent).max()), SILENT / 32768)
        length_s = next(float(str(one.data["length_s"])) for one in self.hall.events if one.kind == "recording_end")
        self.assertEqual(read_tracks(path).shape[1], round(length_s * RATE_HZ))

    def marks(self, text: str) -> list[int]:
        return [int(str(one.data["sample"])) for one in self.marked() if one.data["text"] == text]

    def marked(self) -> list[EventRecord]:
        return [one for one in self.hall.events if one.kind == "recording_mark"]


class OnDemandTests(SecretCase):
    settings: ClassVar[dict[str, str]] = {"calls = all": "calls = none", "recent_s = 0": "recent_s = 20"}

    def test_what_was_said_before(self) -> None:
        """A recording on demand that begins with the last 20 s has silence where a secret was keyed in."""
        self.keys_in_a_secret()
        self.hall.does(self.agent, "start_recording")
        self.customer.does("wait 2")
        self.over()
        self.secret_is_nowhere()
        (path,) = self.recordings()
        heard = keys_heard(path)
        self.assertFalse(set(SECRET) & set(heard) - set("10"), heard)
        self.assertIn("9", heard)


class EncryptedTests(SecretCase):
    settings: ClassVar[dict[str, str]] = {"encrypt = no": "encrypt = yes"}

    def test_sealed(self) -> None:
        """The same where recordings are encrypted; none is left in the clear."""
        self.keys_in_a_secret()
        self.over()
        self.secret_is_nowhere()
        self.assertEqual(self.recordings(), [])
        self.assertEqual(len(list(self.hall.shop.folder.recordings.glob("*.sealed"))), 1)
