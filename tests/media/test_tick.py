from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.media.tick import Lateness, Tick


class TickTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.at_ms: list[int] = []
        self.tick = Tick(self.clock, self.work)
        self.addCleanup(self.tick.stopService)

    def work(self) -> None:
        self.at_ms.append(round(self.clock.seconds() * 1000))

    def run_for(self, n_ms: int) -> None:
        """The clock goes on in steps of 1 ms."""
        for _ in range(n_ms):
            self.set_ms(round(self.clock.rightNow * 1000) + 1)

    def set_ms(self, now_ms: int) -> None:
        """Exactly so late: a sum of many small steps is not."""
        self.clock.rightNow = now_ms / 1000
        self.clock.advance(0)

    def stall(self, n_ms: int) -> None:
        """The reactor is kept from its work for so long; then it turns round as often as it wants."""
        self.clock.rightNow += n_ms / 1000
        for _ in range(20):
            self.clock.advance(0)

    def test_schedule(self) -> None:
        """Ticks come at start + k * 20 ms: an hour later they are where they would have been."""
        self.tick.startService()
        for n in range(1, 50 * 3600 + 1):
            self.set_ms(20 * n + 5)
        self.assertEqual(len(self.at_ms), 50 * 3600)
        self.assertAlmostEqual(self.tick.lateness.max_ms, 5.0, places=3)

    def test_over(self) -> None:
        """Other threads see that a tick is at work, and that it is over, also when it fails."""
        seen = []

        def work() -> None:
            seen.append(self.tick.over.is_set())
            raise ValueError

        self.tick._work = work
        self.tick.startService()
        self.run_for(30)
        self.flushLoggedErrors(ValueError)
        self.assertEqual((seen, self.tick.over.is_set()), ([False], True))

    def test_slow_work(self) -> None:
        """Work that takes its time does not move the schedule."""
        self.tick._work = lambda: (self.work(), self.clock.pump([0.0, 0.007]))  # type: ignore[func-returns-value]
        self.tick.startService()
        self.run_for(100)
        self.assertEqual([at_ms % 20 for at_ms in self.at_ms], [0] * len(self.at_ms))

    def test_short_stall(self) -> None:
        """What was missed in a stall of 70 ms is made up for, one tick a turn of the reactor; none is lost."""
        self.tick.startService()
        self.run_for(20)
        self.stall(70)
        self.assertEqual(self.at_ms, [20, 90, 90, 90])
        self.run_for(11)
        self.assertEqual((self.at_ms[4:], self.tick.lost), ([100], 0))

    def test_long_stall(self) -> None:
        """After a second's stall five ticks are made up for; the rest is lost and counted."""
        self.tick.startService()
        self.stall(1000)
        self.assertEqual(len(self.at_ms) + self.tick.lost, 50)
        self.assertEqual(len(self.at_ms), 6)
        self.run_for(20)
        self.assertEqual(self.at_ms[-1], 1020)

    def test_exception(self) -> None:
        """A tick that fails is logged and the next one comes: the bank does not fall silent."""
        self.tick._work = lambda: 1 // 0
        self.tick.startService()
        self.run_for(61)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 3)

    def test_stop(self) -> None:
        """Stopped, it leaves nothing in the clock; started again it goes on; also when its own work stops it."""
        self.tick.startService()
        self.run_for(30)
        self.tick.stopService()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.tick._work = self.tick.stopService
        self.tick.startService()
        self.run_for(50)
        self.assertEqual((self.clock.getDelayedCalls(), self.at_ms), ([], [20]))

    def test_nothing_to_do(self) -> None:
        """While there is no work nothing waits in the clock; with work the schedule begins, one interval later."""
        self.tick = Tick(self.clock, self.work, needed=False)
        self.tick.startService()
        self.set_ms(3_600_000)
        self.assertEqual((self.clock.getDelayedCalls(), self.at_ms), ([], []))
        self.tick.need(True)
        self.tick.need(True)
        self.run_for(45)
        self.tick.need(False)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.set_ms(3_700_000)
        self.assertEqual((self.at_ms, self.tick.lost), ([3_600_020, 3_600_040], 0))

    def test_needed_before_the_start(self) -> None:
        """Work that is there before the service, or after it, makes no tick outside it."""
        self.tick.need(False)
        self.tick.need(True)
        self.run_for(50)
        self.tick.startService()
        self.run_for(50)
        self.tick.stopService()
        self.tick.need(False)
        self.tick.need(True)
        self.run_for(50)
        self.assertEqual(self.at_ms, [70, 90])

    def test_work_that_comes_to_its_end(self) -> None:
        """A tick in which the work ends is the last; one in which it ends and begins again is followed by one only."""
        self.tick._work = lambda: (self.work(), self.tick.need(False))  # type: ignore[func-returns-value]
        self.tick.startService()
        self.run_for(65)
        self.assertEqual((self.at_ms, self.clock.getDelayedCalls()), ([20], []))
        self.tick._work = lambda: (self.work(), self.tick.need(False), self.tick.need(True))  # type: ignore[func-returns-value]
        self.tick.need(True)
        self.run_for(65)
        self.assertEqual((len(self.at_ms), len(self.clock.getDelayedCalls())), (4, 1))


class LatenessTests(SynchronousTestCase):
    def test_percentiles(self) -> None:
        """Of 1000 ticks, 2 late by 40 ms and one by 90: p99.9 is that of the second worst, the maximum the worst."""
        lateness = Lateness()
        for late_s in [0.0004] * 997 + [0.0401] * 2 + [0.09]:
            lateness.add(late_s)
        self.assertEqual((lateness.percentile_ms(0.5), lateness.percentile_ms(0.999)), (1.0, 41.0))
        self.assertEqual((lateness.max_ms, lateness.n_ticks), (90.0, 1000))

    def test_beyond_the_scale(self) -> None:
        """A stall of ten seconds is in the maximum, and no error; without ticks all is 0."""
        lateness = Lateness()
        self.assertEqual(lateness.percentile_ms(0.999), 0.0)
        lateness.add(10.0)
        self.assertEqual((lateness.max_ms, lateness.percentile_ms(1.0)), (10_000.0, 1001.0))
