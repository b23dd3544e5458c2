"""Keys sent by spandsp's generator are heard, and keys sent by ours are heard by spandsp."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import FloatArray
from callserver.dsp.keys.bank import DtmfBank, KeyDown
from callserver.dsp.tones import dtmf
from tests.dsp.bad_lines import (
    offset_by_dc,
    through_8_bits,
    through_a_law,
    through_ima_adpcm,
    tilted,
    with_echo,
    with_hum,
    with_noise,
)
from tests.peers.spandsp import MISSING, Receiver, send

ALL_KEYS = "1234567890*#ABCD"


def keys_of(sound: FloatArray, start: int = 0) -> str:
    """What our receiver hears on one channel; `start`: samples of silence before, so as to fall anywhere in a tick."""
    padded = np.concatenate([np.zeros(800 + start, np.float32), sound, np.zeros(800, np.float32)])[None, :]
    return "".join(event.key for event in DtmfBank(1).feed(padded) if isinstance(event, KeyDown))


class SpandspTests(SynchronousTestCase):
    if MISSING:
        skip = MISSING

    def test_all_keys_anywhere(self) -> None:
        """All keys, 40 ms on, wherever they fall in our ticks."""
        for start in range(0, 160, 7):
            self.assertEqual(keys_of(send(ALL_KEYS, 40, 53), start), ALL_KEYS)

    def test_levels_and_twist(self) -> None:
        """From -4 to -25 dBm0 a tone; the high tone 7 dB stronger to 8 dB weaker."""
        for level, twist in ((-4, 0), (-25, 0), (-12, 7), (-10, -8), (-14, 4), (-17, -8)):
            self.assertEqual(keys_of(send(ALL_KEYS, 50, 50, level, twist)), ALL_KEYS, (level, twist))

    def test_timing(self) -> None:
        """Pauses of 30 ms; bursts of 24 ms are none."""
        self.assertEqual(keys_of(send(ALL_KEYS * 2, 60, 30)), ALL_KEYS * 2)
        self.assertEqual(keys_of(send("5" * 20, 60, 30)), "5" * 20)
        self.assertEqual(keys_of(send(ALL_KEYS, 24, 60)), "")

    def test_weak(self) -> None:
        """-29 dBm0 a tone is none (NTT)."""
        self.assertEqual(keys_of(send(ALL_KEYS, 60, 60, -29, 0)), "")

    def test_bad_lines(self) -> None:
        """On lines that are tilted, humming, noisy, echoing, or coded badly."""
        sent = send(ALL_KEYS, 50, 50, -20, 2)
        lines = (tilted, offset_by_dc, through_8_bits, through_a_law, through_ima_adpcm, with_echo(10, 20))
        for line in (
            *lines,
            with_noise(-29),
            *(with_hum(*hum) for hum in ((60, -9), (50, -9), (180, -22), (150, -22))),
        ):
            lead = np.zeros((1, 800), np.float32)
            heard = DtmfBank(1).feed(line(np.concatenate([lead, sent[None, :], lead], axis=1)))
            self.assertEqual("".join(e.key for e in heard if isinstance(e, KeyDown)), ALL_KEYS, line)

    def test_our_keys(self) -> None:
        """Our generator's keys are keys to spandsp."""
        receiver = Receiver()
        self.addCleanup(receiver.close)
        self.assertEqual("".join(key for key, _ in receiver.hear(dtmf(ALL_KEYS, 70, 70))), ALL_KEYS)
