"""Two soft modems on one wire, as two fax machines would use them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.fax.modulations import Modulation
from callserver.fax.signals import (
    Asked,
    FaxTone,
    FlagsHeard,
    FrameHeard,
    FramesOver,
    Heard,
    ImageHeard,
    ImageOver,
    Listen,
    SendFrames,
    SendImage,
    SendTone,
    Sent,
    ToneHeard,
    Trained,
)
from callserver.fax.soft_modem import SoftModem

ASKED = st.one_of(
    st.builds(SendTone, st.sampled_from(FaxTone)),
    st.builds(SendFrames, st.lists(st.binary(min_size=2, max_size=30), min_size=1, max_size=3).map(tuple)),
    st.builds(SendImage, st.sampled_from(list(Modulation)[1:]), st.booleans(), st.binary(max_size=200)),
    st.builds(Listen, st.sampled_from([None, *list(Modulation)[1:]]), st.booleans()),
)
IMAGES = [modulation for modulation in Modulation if modulation is not Modulation.V21]
DIS = bytes.fromhex("FF 13 80 00 EE FA C4 80 D5 83 80 80 18")
CSI = bytes.fromhex("FF 03 40") + b"  0987654321        "


class Wire:
    """Two modems; each block of the one is heard by the other 20 ms later."""

    def __init__(self) -> None:
        self.left_heard: list[Heard] = []
        self.right_heard: list[Heard] = []
        self.left, self.right = SoftModem(self.left_heard.append), SoftModem(self.right_heard.append)
        self._to_left = self._to_right = np.zeros(BLOCK_SAMPLES, np.float32)
        self.sound: list[FloatArray] = []  # what left sent

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds * 50)):
            self._to_left, self._to_right = self.right.exchange(self._to_right), self.left.exchange(self._to_left)
            self.sound.append(self._to_right)


def parted(events: list[Heard]) -> tuple[list[Heard], bytes]:
    """Everything but the octets of images, and these."""
    octets = b"".join(event.octets for event in events if isinstance(event, ImageHeard))
    return [event for event in events if not isinstance(event, ImageHeard)], octets


class SoftModemTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.wire = Wire()

    def test_frames(self) -> None:
        """What one sends in a burst the other hears, and its end."""
        self.wire.right.asked(Listen())
        self.wire.left.asked(SendFrames((CSI, DIS)))
        self.wire.run(4)
        self.assertEqual(self.wire.left_heard, [Sent()])
        expected = [FlagsHeard(), FrameHeard(CSI, good=True), FrameHeard(DIS, good=True), FramesOver()]
        self.assertEqual(self.wire.right_heard, expected)

    def test_tones(self) -> None:
        """CNG and CED are told while they sound; CNG's pause belongs to it."""
        for tone, seconds in ((FaxTone.CNG, 3.5), (FaxTone.CED, 3.275)):
            wire = Wire()
            wire.right.asked(Listen())
            wire.left.asked(SendTone(tone))
            wire.run(seconds - 0.05)
            self.assertEqual((wire.left_heard, wire.right_heard), ([], [ToneHeard(tone)]))
            wire.run(0.1)
            self.assertEqual(wire.left_heard, [Sent()])

    def test_answer_in_the_pause_of_cng(self) -> None:
        """Frames that come while a caller waits between two tones are heard whole, though it then asks to listen."""
        self.wire.left.asked(SendTone(FaxTone.CNG))
        self.wire.run(0.8)
        self.wire.right.asked(SendFrames((DIS,)))
        self.wire.run(1)
        self.assertEqual(self.wire.left_heard, [FlagsHeard()])
        self.wire.left.asked(Listen())
        self.wire.run(2)
        self.assertEqual(self.wire.left_heard, [FlagsHeard(), FrameHeard(DIS, good=True), FramesOver()])

    def test_image(self) -> None:
        """Octets of an image arrive in their places behind its training."""
        octets = bytes(range(256)) * 4
        for modulation in IMAGES:
            wire = Wire()
            wire.right.asked(Listen(modulation))
            wire.left.asked(SendImage(modulation, False, octets))
            wire.run(6)
            events, heard = parted(wire.right_heard)
            self.assertEqual((wire.left_heard, events), ([Sent()], [Trained(), ImageOver()]))
            self.assertEqual(heard[: len(octets)], octets)

    def test_frames_in_place_of_an_image(self) -> None:
        """Who waits for an image and gets a command hears the command."""
        self.wire.right.asked(Listen(Modulation.V27TER_4800))
        self.wire.left.asked(SendFrames((DIS,)))
        self.wire.run(4)
        self.assertEqual(self.wire.right_heard, [FlagsHeard(), FrameHeard(DIS, good=True), FramesOver()])

    def test_wrong_image(self) -> None:
        """A burst that is not understood has an end all the same."""
        self.wire.right.asked(Listen(Modulation.V27TER_2400))
        self.wire.left.asked(SendImage(Modulation.V27TER_4800, False, bytes(300)))
        self.wire.run(3)
        self.assertEqual(self.wire.right_heard, [ImageOver()])

    def test_pause(self) -> None:
        """75 ms of silence go before a signal; T.30 allows 20 ms more or less."""
        self.wire.left.asked(SendFrames((DIS,)))
        self.wire.run(0.5)
        begin = int(np.flatnonzero(np.concatenate(self.wire.sound))[0])
        self.assertLess(abs(begin / 8 - 75), 5)

    def test_breaking_off(self) -> None:
        """Who is told to listen stops sending at once, and says no `Sent`."""
        self.wire.left.asked(SendFrames((DIS,)))
        self.wire.run(0.5)
        self.wire.left.asked(Listen())
        self.wire.run(3)
        self.assertEqual(self.wire.left_heard, [])
        self.assertFalse(np.concatenate(self.wire.sound)[4000:].any())

    def test_next_from_within(self) -> None:
        """What is asked in answer to `Sent` goes out after it."""
        wire = self.wire

        def on_heard(heard: Heard) -> None:
            wire.left_heard.append(heard)
            if wire.left_heard == [Sent()]:
                wire.left.asked(SendFrames((DIS,)))

        wire.left = SoftModem(on_heard)
        wire.right.asked(Listen())
        wire.left.asked(SendFrames((CSI,)))
        wire.run(6)
        self.assertEqual(wire.left_heard, [Sent(), Sent()])
        frames = [event.octets for event in wire.right_heard if isinstance(event, FrameHeard)]
        self.assertEqual(frames, [CSI, DIS])

    @given(st.lists(st.tuples(ASKED, st.integers(1, 120), st.sampled_from([0.0, 1e-3, 0.3, 3.0])), max_size=6))
    @settings(deadline=None, max_examples=40)
    def test_any_order(self, story: list[tuple[Asked, int, float]]) -> None:
        """Whatever is asked when, over whatever noise: no sending is over twice, or when it was broken off."""
        heard: list[Heard] = []
        modem, random = SoftModem(heard.append), np.random.default_rng(1)
        for asked, n_blocks, loudness in story:
            modem.asked(asked)
            heard.clear()
            for _ in range(n_blocks):
                sent = modem.exchange((loudness * random.standard_normal(BLOCK_SAMPLES)).astype(np.float32))
                self.assertEqual((sent.shape, sent.dtype), ((BLOCK_SAMPLES,), np.float32))
                self.assertLess(float(np.abs(sent).max()), 1.0)
            self.assertLessEqual(heard.count(Sent()), 0 if isinstance(asked, Listen) else 1)

    def test_bad_sound(self) -> None:
        """Sound of another shape or type is refused by name."""
        with self.assertRaisesRegex(ValueError, r"\(160,\), not float64 of \(80,\)"):
            self.wire.left.exchange(np.zeros(80))
