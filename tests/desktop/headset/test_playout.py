"""Server and sound card each have a clock of their own; nobody hears that."""

from array import array
from itertools import pairwise

from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headset.playout import LIMIT_S, Playout, faded
from tests.desktop.headset.fakes import tone
from tests.desktop.pulse import amplitude

BLOCK_S = 0.02


class Card:
    """A sound card that plays `speed` times as fast as the server sends."""

    def __init__(self, speed: float = 1.0) -> None:
        self.playout, self.speed = Playout(), speed
        self.queue, self.played = bytearray(), bytearray()
        self.depths: list[float] = []
        sound = tone(20, 440)
        self._blocks = iter([sound[at : at + 320] for at in range(0, len(sound), 320)])

    @property
    def queued_s(self) -> float:
        return len(self.queue) / 16000

    def block(self) -> None:
        self.queue += self.playout.block(next(self._blocks), self.queued_s)
        self.depths.append(self.queued_s)

    def play(self, seconds: float) -> None:
        n_bytes = round(8000 * seconds * self.speed) * 2
        self.played += self.queue[:n_bytes].ljust(n_bytes, b"\0")
        del self.queue[:n_bytes]

    def talk(self, seconds: float) -> None:
        for _ in range(round(seconds / BLOCK_S)):
            self.block()
            self.play(BLOCK_S)


class PlayoutTests(SynchronousTestCase):
    def test_even(self) -> None:
        """When all is even, the sound comes out as it came in, after 40 ms of silence."""
        card = Card()
        card.talk(10)
        sound = tone(20, 440)
        self.assertEqual(card.played[: 2 * 320], bytes(640))
        self.assertEqual(card.played[3 * 320 :], sound[320 : len(card.played) - 2 * 320])
        self.assertEqual((card.playout.n_dry, card.playout.n_left_out, card.playout.n_put_in), (0, 0, 0))

    def test_drift(self) -> None:
        """Cards that run 0.5 % wrong, ten times as much as any does, are followed without gap or click."""
        for speed in (0.995, 1.005):
            card = Card(speed)
            card.talk(18)
            self.assertEqual(card.playout.n_dry, 0)
            self.assertGreaterEqual(card.playout.n_left_out if speed < 1 else card.playout.n_put_in, 1)
            self.assertLess(max(card.depths), 0.12)
            samples = array("h", card.played[4 * 320 :])
            steepest = max(abs(two - one) for one, two in pairwise(array("h", tone(1, 440))))
            self.assertLessEqual(max(abs(two - one) for one, two in pairwise(samples)), 1.1 * steepest)

    def test_heap(self) -> None:
        """After the network stood still for a second, what comes at once is not heard a second late for ever."""
        card = Card()
        card.talk(2)
        card.play(1.0)
        for _ in range(50):
            card.block()
        self.assertLessEqual(max(card.depths), LIMIT_S + 0.04)
        card.talk(8)
        self.assertLess(card.playout.latency_s, 0.09)

    def test_dry(self) -> None:
        """A queue that has run dry begins again with a little silence, so that it does not at once run dry again."""
        card = Card()
        card.talk(1)
        card.play(0.3)
        card.talk(2)
        self.assertEqual(card.playout.n_dry, 1)

    def test_faded(self) -> None:
        """Two blocks become one that begins and ends as they do."""
        one, two = tone(0.02, 440), tone(0.02, 1000)
        both = array("h", faded(one, two))
        self.assertLess(abs(both[1] - array("h", one)[1]), 200)
        self.assertLess(abs(both[-1] - array("h", two)[-1]), 200)
        self.assertGreater(amplitude(both, 440), 0.1)
