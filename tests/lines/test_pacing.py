"""Never late and never far ahead, whatever the clocks and the reads do."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.codecs import LINEAR_16, MU_LAW
from callserver.lines.pacing import Pacing

BLOCK = b"\x01" * 160


class PacedModem:
    """A modem that plays `rate_hz` samples a second by its own clock and gives as many."""

    def __init__(self, rate_hz: float = 8000.0) -> None:
        self.pacing, self.rate_hz = Pacing(MU_LAW), rate_hz
        self.holds = float(len(self.pacing.start()))
        self.least, self.most, self.underruns = self.holds, self.holds, 0
        self._unread = 0.0

    def play(self, length_s: float) -> None:
        n = self.rate_hz * length_s
        self._unread += n
        if n > self.holds:
            self.underruns += 1
        self.holds = max(self.holds - n, 0)
        self.least = min(self.least, self.holds)

    def read(self) -> None:
        whole = int(self._unread)
        self._unread -= whole
        self.pacing.received(whole)

    def send(self) -> None:
        self.holds += len(self.pacing.pace(BLOCK, int(self._unread)))
        self.most = max(self.most, self.holds)


class PacingTests(SynchronousTestCase):
    def test_equal_clocks(self) -> None:
        """With one clock nothing is added or left out."""
        modem = PacedModem()
        for _ in range(5000):
            modem.play(0.02)
            modem.read()
            modem.send()
        self.assertEqual((modem.least, modem.most, modem.underruns), (320, 480, 0))

    def test_drifting_clocks(self) -> None:
        """A modem 500 ppm fast or slow is neither starved nor flooded in half an hour."""
        for rate_hz in (8004.0, 7996.0):
            modem = PacedModem(rate_hz)
            for _ in range(90_000):
                modem.play(0.02)
                modem.read()
                modem.send()
            self.assertEqual(modem.underruns, 0)
            self.assertLess(modem.most, 0.12 * 8000)

    def test_reads_in_bursts(self) -> None:
        """Sound that is read late and in bursts is not taken for drift."""
        modem = PacedModem()
        for i in range(5000):
            modem.play(0.02)
            modem.send()
            if i % 3 == 2:
                modem.read()
        self.assertEqual((modem.underruns, modem.most <= 640), (0, True))

    def test_stalled_loop(self) -> None:
        """After a stall of the loop the late blocks go out, and a second later the lead is what it should be."""
        for first in ("read", "send"):
            modem = PacedModem()
            modem.play(0.5)
            if first == "read":
                modem.read()
            for _ in range(25):
                modem.send()
            self.assertLessEqual(modem.most, 0.27 * 8000)
            for _ in range(400):
                modem.play(0.02)
                modem.read()
                modem.send()
            self.assertTrue(160 <= modem.holds <= 800, modem.holds)

    def test_many_stalls(self) -> None:
        """Stalls do not add up to a delay that stays."""
        modem = PacedModem()
        for _ in range(30):
            modem.play(0.1)
            for _ in range(5):
                modem.send()
            modem.read()
            for _ in range(100):
                modem.play(0.02)
                modem.read()
                modem.send()
        self.assertLessEqual(modem.holds, 800)

    def test_modem_that_gives_late(self) -> None:
        """Where a modem hands over its sound so late that the lead seems larger than it is, its report helps."""
        pacing = Pacing(MU_LAW)
        pacing.start()
        self.assertEqual(pacing.underrun(), b"")
        for _ in range(10):
            pacing.received(160)
            pacing.pace(BLOCK)
        self.assertEqual(len(pacing.underrun()), 480)
        self.assertEqual(pacing.underrun(), b"")

    def test_modem_that_stands_still(self) -> None:
        """A modem that takes nothing gets no more than a quarter of a second."""
        modem = PacedModem()
        for _ in range(1000):
            modem.send()
        self.assertLess(modem.most, 0.27 * 8000)
        self.assertGreater(modem.pacing.n_held_back, 900)

    def test_16_bit(self) -> None:
        """With two bytes a sample the cushion is as long and the block whole."""
        pacing = Pacing(LINEAR_16)
        self.assertEqual(pacing.start(), bytes(960))
        self.assertEqual(pacing.pace(bytes(320)), bytes(320))
