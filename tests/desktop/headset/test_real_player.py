"""A recording heard on a real sound server: at another speed, at the same pitch. See `test_real_sound`."""

from __future__ import annotations

from array import array
from pathlib import Path

from twisted.internet import reactor
from twisted.internet.defer import Deferred, inlineCallbacks, succeed
from twisted.internet.task import deferLater

from callserver.desktop.headset.formats import RATE_HZ
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.playing import Playing
from callserver.desktop.presenters.desk import Desk
from callserver.desktop.recording_sound import PART_SAMPLES, RecordingSound
from tests.desktop.headset.fakes import tone
from tests.desktop.headset.test_real_sound import RealSoundCase
from tests.desktop.pulse import amplitude

SECONDS, PITCH_HZ = 6, 400


class RealPlayerTests(RealSoundCase):
    @inlineCallbacks
    def test_twice_as_fast(self):  # type: ignore[no-untyped-def]
        """Six seconds of a tone are over in three, as high as it was, and without holes."""
        from callserver.desktop.headset.qt_sound import QtSound

        whole = array("h", tone(SECONDS, PITCH_HZ))

        def part(first: int) -> Deferred[dict[str, object]]:
            octets = whole[first : first + PART_SAMPLES].tobytes()
            return succeed({"octets": octets, "samples": len(whole)})

        desk = Desk(reactor, OwnSettings(Path(self.mktemp())), QtSound())  # type: ignore[arg-type]
        playing = Playing(reactor, desk.speaker, lambda: None)  # type: ignore[arg-type]
        self.addCleanup(playing.pause)
        playing.load(RecordingSound(part, self.fail))
        playing.choose_speed(2.0)
        with self.pulse.recording("headset") as heard:
            self.assertTrue(playing.play())
            yield deferLater(reactor, 4.5, lambda: None)  # type: ignore[arg-type]
        self.assertFalse(playing.plays)
        loud = [n for n, sample in enumerate(heard) if abs(sample) > 2000]
        self.assertLess(abs((loud[-1] - loud[0]) / RATE_HZ - SECONDS / 2), 0.4)
        middle = heard[loud[0] + RATE_HZ : loud[0] + 2 * RATE_HZ]
        pieces = [middle[at : at + 400] for at in range(0, len(middle) - 400, 400)]
        self.assertGreater(min(amplitude(piece, PITCH_HZ) for piece in pieces), 0.1)
