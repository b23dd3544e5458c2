"""What holds up the reactor is measured and named, and nothing else is."""

import sys
from pathlib import Path
from random import Random
from types import FrameType

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock, deferLater
from twisted.trial.unittest import SynchronousTestCase, TestCase

from callserver.rehearsal.world import RehearsalWorld
from callserver.server.stalls import Look, Place, Stall, StallMeter, Stalls
from callserver.server.turns import Turns
from callserver.server.watchdog import Watchdog

PERIOD_S = 0.02


def here() -> FrameType:
    """A frame to stand in."""
    return sys._getframe()


class StallMeterTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.meter, self.now_s, self.machine_s = StallMeter(), 0.0, 0.0

    def look(self, turn: int, busy: bool = True, after_s: float = PERIOD_S) -> Stall | None:
        self.now_s += after_s
        return self.meter.feed(Look(self.now_s, turn, here() if busy else None, self.machine_s))

    def test_one_thing(self) -> None:
        """One thing of 100 ms is one stall, told when it is over, with its place."""
        self.assertIsNone(self.look(1, busy=False))
        self.assertEqual([self.look(2) for _ in range(6)], [None] * 6)
        stall = self.look(3, busy=False)
        assert stall is not None
        self.assertAlmostEqual(stall.busy_s, 0.1)
        self.assertEqual(stall.place.function, "here")
        self.assertIsNone(self.look(4, busy=False))

    def test_many_short_things(self) -> None:
        """A busy reactor that comes round between short things is no stall."""
        self.assertEqual([self.look(turn) for turn in range(20)], [None] * 20)

    def test_short(self) -> None:
        """40 ms are none."""
        self.look(1, busy=False)
        self.assertEqual([self.look(2), self.look(2), self.look(2), self.look(3)], [None] * 4)

    def test_nobody_could_look(self) -> None:
        """What holds Python's lock is seen once, after it, and has begun after the look before."""
        self.look(1, busy=False)
        self.assertIsNone(self.look(2, after_s=3.0))
        stall = self.look(3, busy=False)
        assert stall is not None
        self.assertAlmostEqual(stall.busy_s, 2.98)

    def test_other_programs(self) -> None:
        """What other programs took of the processor is not laid at the server's door."""
        self.look(1, busy=False)
        self.look(2)
        self.machine_s = 0.45
        self.look(2, after_s=0.48)
        self.assertIsNone(self.look(3, busy=False))
        self.look(4)
        self.machine_s = 0.55
        self.look(4, after_s=0.2)
        stall = self.look(5, busy=False)
        assert stall is not None
        self.assertAlmostEqual(stall.busy_s, 0.2)
        self.assertAlmostEqual(stall.machine_s, 0.1)

    def test_goes_on(self) -> None:
        """While it goes on it can be told already."""
        self.look(1, busy=False)
        self.look(2)
        self.assertIsNone(self.meter.so_far())
        self.look(2, after_s=1.0)
        so_far = self.meter.so_far()
        assert so_far is not None
        self.assertAlmostEqual(so_far.busy_s, 1.0)


class StallsTests(SynchronousTestCase):
    def test_log(self) -> None:
        """Of one place one line a minute is logged, a second and more always; the figures count all."""
        told: list[bool] = []
        stalls = Stalls(lambda stall, worth: told.append(worth))
        slow = Place("slow.py", 1, "slow")
        for at_s, busy_s in ((0, 0.1), (1, 0.2), (2, 1.5), (59, 0.1), (63, 0.1)):
            stalls.add(Stall(busy_s, 0.0, slow), at_s)
        stalls.add(Stall(0.1, 0.0, Place("other.py", 1, "other")), 64)
        self.assertEqual(told, [True, False, True, False, True, True])
        self.assertEqual((stalls.n, stalls.longest_s), (6, 1.5))

    def test_bound(self) -> None:
        """Only the last are remembered."""
        stalls = Stalls(lambda stall, worth: None)
        for n in range(100):
            stalls.add(Stall(0.1, 0.0, Place(f"{n}.py", 1, "slow")), n)
        self.assertEqual([stall.place.file for _, stall in stalls.last], [f"{n}.py" for n in range(80, 100)])


class FakeReactor(Clock):
    def runUntilCurrent(self) -> None:
        """Twisted's name."""

    def doIteration(self, delay: float) -> None:
        """Twisted's name."""


class TurnsTests(SynchronousTestCase):
    def test_turns(self) -> None:
        """Timers and inputs are told apart; afterwards the reactor is what it was."""
        fake = FakeReactor()
        turns = Turns(fake)
        turns.count()
        fake.runUntilCurrent()
        fake.doIteration(0)
        fake.runUntilCurrent()
        self.assertEqual(turns.n, 3)
        turns.leave()
        fake.runUntilCurrent()
        self.assertEqual(turns.n, 3)
        self.assertEqual([name for name in vars(fake) if name.startswith(("run", "do"))], [])


class WatchdogTests(TestCase):
    timeout = 60

    async def test_a_real_reactor(self) -> None:
        """What blocks this process's reactor is named; afterwards nothing of the watchdog is left."""
        first: Deferred[Stall] = Deferred()

        def told(stall: Stall, worth: bool) -> None:
            if stall.place.function == "hold_up" and not first.called:
                first.callback(stall)

        watchdog = Watchdog(reactor, Stalls(told), Path(self.mktemp()))
        watchdog.startService()
        self.addCleanup(lambda: watchdog.running and watchdog.stopService())
        while not first.called:  # one may be short of being seen on a busy machine
            await deferLater(reactor, 0.05, hold_up)
        stall = await first
        self.assertGreaterEqual(stall.busy_s, 0.05)
        watchdog.stopService()
        self.assertNotIn("runUntilCurrent", vars(reactor))


class RehearsalTests(SynchronousTestCase):
    def test_virtual_time(self) -> None:
        """A rehearsal is not watched: its time does not pass."""
        world = RehearsalWorld(Random(1))
        watch = world.watchdog(Stalls(lambda stall, worth: None), Path(self.mktemp()))
        self.assertNotIsInstance(watch, Watchdog)
        watch.startService()
        self.assertEqual(world.reactor.getDelayedCalls(), [])


def hold_up() -> None:
    """So long that it is seen."""
    for _ in range(10_000_000):
        pass
