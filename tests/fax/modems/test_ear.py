"""One ear for tones, frames and images: what comes is told, and nothing is taken for something else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray, amplitude
from callserver.dsp.sound.files import read_wav
from callserver.fax.hdlc import burst_bits
from callserver.fax.modems.ear import Ear
from callserver.fax.modems.schemes import scheme_of
from callserver.fax.modems.tones import tone_sound
from callserver.fax.modems.transmitter import image_sound
from callserver.fax.modems.v21 import v21_sound
from callserver.fax.modulations import Modulation
from callserver.fax.signals import (
    FaxTone,
    FlagsHeard,
    FrameHeard,
    FramesOver,
    Heard,
    ImageHeard,
    ImageOver,
    ToneHeard,
    Trained,
)
from tests.fax import bad_lines

PROMPTS = Path(__file__).parents[3] / "voice-prompts"
EOP = bytes.fromhex("FF 13 2F")
FRAMES = np.concatenate(list(v21_sound(np.frombuffer(burst_bits([EOP], 38, 5), np.uint8), -14.0)))
OF_FRAMES: list[Heard] = [FlagsHeard(), FrameHeard(EOP, good=True), FramesOver()]


def heard(ear: Ear, sound: FloatArray) -> list[Heard]:
    """Everything but octets of images."""
    whole = len(sound) // BLOCK_SAMPLES * BLOCK_SAMPLES
    events = [event for block in sound[:whole].reshape(-1, BLOCK_SAMPLES) for event in ear.feed(block)]
    return [event for event in events if not isinstance(event, ImageHeard)]


class EarTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.ear = Ear({})

    def test_page_and_command(self) -> None:
        """A page, 75 ms of silence, a command: the image is over before the flags are told."""
        for modulation in (Modulation.V27TER_4800, Modulation.V29_9600, Modulation.V17_14400):
            ear = Ear({})
            ear.expect(modulation, short=False)
            page = np.concatenate(list(image_sound(scheme_of(modulation), bytes(range(250)) * 4, -14.0, short=False)))
            sound = bad_lines.padded(np.concatenate([page, np.zeros(500, np.float32), FRAMES]))
            self.assertEqual(heard(ear, bad_lines.with_noise(sound, -50.0)), [Trained(), ImageOver(), *OF_FRAMES])

    def test_tones(self) -> None:
        """CNG 38 Hz and CED 15 Hz off, at -40 dBm0, are told once; nothing near them is."""
        times = np.arange(4000) / 8000
        for freq_hz, expected in (
            (1062.0, [ToneHeard(FaxTone.CNG)]),
            (1138.0, [ToneHeard(FaxTone.CNG)]),
            (2085.0, [ToneHeard(FaxTone.CED)]),
            (2115.0, [ToneHeard(FaxTone.CED)]),
            (950.0, []),
            (1300.0, []),
            (1850.0, []),
            (2300.0, []),
        ):
            sound = bad_lines.padded((amplitude(-40.0) * np.sin(2 * np.pi * freq_hz * times)).astype(np.float32))
            self.assertEqual(heard(Ear({}), bad_lines.with_noise(sound, -60.0)), expected, freq_hz)

    def test_reversals(self) -> None:
        """CED whose phase is reversed each 450 ms, as echo cancellers want it, is one CED."""
        times = np.arange(24000)
        signs = 1 - 2 * (times // 3600 % 2)
        tone = amplitude(-14.0) * signs * np.sin(2 * np.pi * 2100 / 8000 * times)
        events = heard(self.ear, bad_lines.padded(tone.astype(np.float32)))
        self.assertEqual(events, [ToneHeard(FaxTone.CED)])

    def test_speech(self) -> None:
        """In a minute of speech there is neither a tone nor a frame nor a training."""
        self.ear.expect(Modulation.V17_9600, short=False)
        prompts = sorted(PROMPTS.glob("**/*.wav"))[::30]
        events = [event for path in prompts for event in heard(self.ear, read_wav(path))]
        self.assertGreater(len(prompts), 30)
        self.assertEqual(set(events), {ImageOver()})

    def test_tone_is_no_image(self) -> None:
        """Who waits for an image and hears CNG or a command, hears no end of an image."""
        self.ear.expect(Modulation.V17_9600, short=False)
        self.assertEqual(heard(self.ear, bad_lines.padded(tone_sound(FaxTone.CNG, -14.0))), [ToneHeard(FaxTone.CNG)])
        self.assertEqual(heard(self.ear, bad_lines.padded(FRAMES)), OF_FRAMES)

    def test_same_again(self) -> None:
        """To expect what is expected already disturbs nothing that is being heard."""
        modulation = Modulation.V29_7200
        self.ear.expect(modulation, short=False)
        page = list(image_sound(scheme_of(modulation), bytes(2000), -14.0, short=False))
        sound = bad_lines.padded(np.concatenate(page))
        events = heard(self.ear, sound[:8000])
        self.ear.expect(modulation, short=False)
        self.assertEqual(events + heard(self.ear, sound[8000:]), [Trained(), ImageOver()])
