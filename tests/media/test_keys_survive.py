"""A key is heard once, whatever the elastic store has to do while it is pressed."""

from collections.abc import Callable, Iterator

import numpy as np
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.codecs import MU_LAW
from callserver.dsp.frames import BLOCK_SAMPLES
from callserver.dsp.tones import dtmf
from callserver.media.patch_bay import PatchBay
from tests.media.bench import plug

N_LINES, KEY_BLOCK, N_TICKS = 20, 49, 75
Arrivals = Callable[[int], Iterator[int]]  # from the block in which the trouble comes: blocks that arrive before a tick


def late(trouble: int) -> Iterator[int]:
    """Two blocks come late."""
    for tick in range(N_TICKS):
        yield int(tick not in (trouble + 1, trouble + 2))


def at_once(trouble: int) -> Iterator[int]:
    """We stood still for 220 ms: all that the modem kept comes at once."""
    for tick in range(N_TICKS):
        yield 12 if tick == trouble else 1


def too_early(trouble: int) -> Iterator[int]:
    """Far more lies here than is needed, and a block goes at the end of the first second: where the key is."""
    for tick in range(N_TICKS):
        yield 6 if tick == 0 else 1


class KeysSurviveTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.rng = np.random.default_rng(60)

    def keys_heard(self, arrivals: Arrivals, on_ms: int) -> tuple[list[str], int]:
        """One key a line, with the trouble somewhere in it: what each heard; underruns and overruns of all."""
        bay = PatchBay(Clock(), N_LINES)
        lines = [plug(bay, f"line {n}", codec=MU_LAW) for n in range(N_LINES)]
        senders = [self.sender(arrivals, on_ms) for _ in lines]
        for _ in range(N_TICKS):
            for line, sender in zip(lines, senders, strict=True):
                line.leg.receive(next(sender))
            bay.tick()
        n_troubles = sum(line.leg.underruns + line.leg.overruns for line in lines)
        return ["".join(key for key, _ in line.keys) for line in lines], n_troubles

    def sender(self, arrivals: Arrivals, on_ms: int) -> Iterator[bytes]:
        lead = KEY_BLOCK * BLOCK_SAMPLES + int(self.rng.integers(BLOCK_SAMPLES))
        sound = np.concatenate([np.zeros(lead, np.float32), dtmf("5", on_ms, 0), np.zeros(16000, np.float32)])
        sound += self.rng.standard_normal(len(sound)).astype(np.float32) * np.float32(0.002)
        raw, trouble = MU_LAW.encode(sound).tobytes(), (lead + int(self.rng.integers(on_ms * 8))) // BLOCK_SAMPLES
        at = 0
        for n_blocks in arrivals(trouble):
            yield raw[at : at + n_blocks * BLOCK_SAMPLES]
            at += n_blocks * BLOCK_SAMPLES

    def assert_once(self, arrivals: Arrivals) -> None:
        for on_ms in (60, 80, 120, 300):
            for _ in range(3):
                heard, n_troubles = self.keys_heard(arrivals, on_ms)
                self.assertEqual(heard, ["5"] * N_LINES, on_ms)
                self.assertGreaterEqual(n_troubles, N_LINES)

    def test_late_sound(self) -> None:
        """20 ms of silence that stand for late sound neither double nor lose the key."""
        self.assert_once(late)

    def test_after_a_stall(self) -> None:
        """When more has come than is kept, it is the pauses that go, not the key."""
        self.assert_once(at_once)

    def test_a_block_too_many(self) -> None:
        """A store that has become too deep is made shorter where it is quiet, not in the key."""
        self.assert_once(too_early)
