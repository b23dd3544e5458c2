import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.codecs import LINEAR_16, UNSIGNED_8
from callserver.media.elastic import ElasticBuffer

SILENCE = UNSIGNED_8.silence * 160


def ramp(n: int, start: int = 0) -> bytes:
    """Samples that can be told from one another, never silence."""
    return bytes(1 + (start + i) % 100 for i in range(n))


class ElasticBufferTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.buffer = ElasticBuffer(UNSIGNED_8)

    def run_clocks(self, seconds: int, samples_per_tick: float) -> bytes:
        """The far end's clock beside ours: what we heard."""
        heard, sent = bytearray(), 0
        for tick in range(50 * seconds):
            due = int((tick + 1) * samples_per_tick)
            self.buffer.put(ramp(due - sent, sent))
            sent = due
            heard += self.buffer.take()
        return bytes(heard)

    def test_before_the_first_sound(self) -> None:
        """Before a line has said anything there is silence, and nothing is late."""
        self.assertEqual([self.buffer.take() for _ in range(3)], [SILENCE] * 3)
        self.assertEqual(self.buffer.underruns, 0)

    def test_a_steady_line(self) -> None:
        """20 ms in, 20 ms out: every sample is heard once, in order, 20 ms late."""
        heard = self.run_clocks(60, 160.0)
        self.assertEqual(heard[160:], ramp(len(heard) - 160))
        self.assertEqual((self.buffer.underruns, self.buffer.overruns), (0, 0))

    def test_late(self) -> None:
        """A block that comes late is replaced by silence, counted, and then heard; nothing of it is lost."""
        self.buffer.put(ramp(320))
        blocks = [self.buffer.take() for _ in range(3)]
        self.buffer.put(ramp(160, 320))
        self.assertEqual(b"".join([*blocks, self.buffer.take()]), ramp(320) + SILENCE + ramp(160, 320))
        self.assertEqual(self.buffer.underruns, 1)

    def test_stopped(self) -> None:
        """A far end that stops sending is not counted as late for ever; when it begins again it is heard."""
        self.buffer.put(ramp(320))
        for _ in range(1000):
            self.buffer.take()
        self.assertEqual(self.buffer.underruns, 10)
        self.buffer.put(ramp(320))
        self.assertEqual(self.buffer.take(), ramp(160))

    def test_flood(self) -> None:
        """After a long stall the oldest is dropped and counted: nobody talks half a second behind."""
        self.buffer.put(ramp(4000))
        self.assertEqual(self.buffer.overruns, 17)
        self.assertEqual(self.buffer.take(), ramp(160, 17 * 160))

    def test_deep(self) -> None:
        """What is never used for a second goes, a block a second, down to where single samples do it."""
        self.buffer.put(ramp(160 * 7))
        for tick in range(50 * 60):
            self.buffer.put(ramp(160, 160 * (7 + tick)))
            self.buffer.take()
        self.assertEqual(self.buffer.overruns, 4)
        self.assertLessEqual(len(self.buffer._data), 320)

    def test_clocks_apart(self) -> None:
        """A modem whose clock is 200 ppm fast or slow is heard for ten minutes without a lost or an empty block."""
        for samples_per_tick in (160 * 1.0002, 160 / 1.0002):
            self.buffer = ElasticBuffer(UNSIGNED_8)
            heard = np.frombuffer(self.run_clocks(600, samples_per_tick)[320:], np.uint8).astype(int)
            self.assertEqual((self.buffer.underruns, self.buffer.overruns), (0, 0))
            steps = (np.diff(heard) - 1) % 100
            self.assertLessEqual(set(steps.tolist()), {0, 1, 99})  # a sample left out, or one repeated, never more

    def test_shortened_in_pauses(self) -> None:
        """After a stall the pauses in what came go first, but two blocks of each; nothing that was said is lost."""
        self.buffer.put(ramp(320) + SILENCE * 9 + ramp(320, 320) + SILENCE * 2)
        heard = b"".join(self.buffer.take() for _ in range(8))
        self.assertEqual(self.buffer.overruns, 7)
        self.assertEqual(heard, ramp(320) + SILENCE * 2 + ramp(320, 320) + SILENCE * 2)

    def test_deep_while_somebody_speaks(self) -> None:
        """A block too many goes in the next pause, and not before."""
        self.buffer.put(ramp(160 * 7))
        dropped = []
        for tick in range(100):
            loud = bytes(128 + (100 if tick % 3 else 20) * (-1) ** (n // 5) for n in range(160))
            self.buffer.put(SILENCE if 70 <= tick < 76 else loud)
            self.buffer.take()
            dropped.append(self.buffer.overruns)
        self.assertEqual((dropped[70], dropped[-1]), (0, 1))

    def test_shift(self) -> None:
        """Who takes a block is told when it stands for late sound, and when sound is missing before it."""
        self.buffer.put(ramp(320))
        shifts = []
        for arrives in (0, 0, 0, 160, 160, 3200, 0):
            self.buffer.put(ramp(arrives))
            self.buffer.take()
            shifts.append(self.buffer.shift)
        self.assertEqual(shifts, [0, 0, 1, 0, 0, -1, 0])

    def test_forty_ms_at_a_time(self) -> None:
        """A headset that sends 40 ms at once is heard without a gap."""
        for tick in range(3000):
            if tick % 2:
                self.buffer.put(ramp(320, 160 * tick))
            self.buffer.take()
        self.assertLessEqual(self.buffer.underruns, 1)
        self.assertEqual(self.buffer.overruns, 0)

    @given(st.lists(st.integers(0, 1600), max_size=10), st.binary(min_size=1600, max_size=1600))
    def test_any_cut(self, cuts: list[int], sound: bytes) -> None:
        """However the bytes are cut, also within a sample, the same blocks come out."""
        pieces = [sound[a:b] for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), len(sound)], strict=True)]
        whole, cut = ElasticBuffer(LINEAR_16), ElasticBuffer(LINEAR_16)
        whole.put(sound)
        for piece in pieces:
            cut.put(piece)
        self.assertEqual([cut.take() for _ in range(7)], [whole.take() for _ in range(7)])
