"""Time that passes from one thing that is due to the next."""

from twisted.internet.defer import Deferred, TimeoutError
from twisted.internet.task import LoopingCall, deferLater
from twisted.internet.threads import deferToThreadPool
from twisted.trial.unittest import SynchronousTestCase

from callserver.rehearsal.virtual_time import InlineThreads, VirtualReactor


class VirtualReactorTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reactor = VirtualReactor(lambda: 0.25, spawn=lambda *command: None)
        self.done: list[tuple[object, float]] = []

    def note(self, what: object) -> None:
        self.done.append((what, self.reactor.seconds()))

    def test_each_at_its_time(self) -> None:
        """What is due happens at its very moment, what is due at the same moment in the order it was asked for."""
        for delay_s, what in ((2.0, "b"), (1.0, "a"), (2.0, "c"), (9.0, "not yet")):
            self.reactor.callLater(delay_s, self.note, what)
        self.reactor.run_for(5.0)
        self.assertEqual(self.done, [("a", 1.0), ("b", 2.0), ("c", 2.0)])
        self.assertEqual(self.reactor.seconds(), 5.0)

    def test_put_off_put_forward_cancelled(self) -> None:
        """A timer that is put off comes later, one put forward sooner, a cancelled one never, each once."""
        off, forward, never = (self.reactor.callLater(3.0, self.note, what) for what in ("off", "forward", "never"))
        off.reset(4.0)
        off.delay(1.0)
        forward.reset(1.0)
        never.cancel()
        self.reactor.run_for(10.0)
        self.assertEqual(self.done, [("forward", 1.0), ("off", 5.0)])
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_many_cancelled(self) -> None:
        """Thousands of timers that never came due leave nothing behind."""
        for n in range(5000):
            self.reactor.callLater(100.0 + n, self.note, n).cancel()
        kept = self.reactor.callLater(1.0, self.note, "kept")
        self.assertEqual(self.reactor.getDelayedCalls(), [kept])
        self.reactor.run_for(2.0)
        self.assertEqual(self.done, [("kept", 1.0)])

    def test_until_it_is_so(self) -> None:
        """Time stops as soon as what is waited for has come, or at the limit."""
        self.reactor.callLater(3.0, self.note, "here")
        self.assertTrue(self.reactor.run_until(lambda: bool(self.done), 100.0))
        self.assertEqual(self.reactor.seconds(), 3.0)
        self.assertFalse(self.reactor.run_until(lambda: False, 7.0))
        self.assertEqual(self.reactor.seconds(), 7.0)

    def test_a_stall(self) -> None:
        """While the program stands still nothing happens; then what was due comes late, in order."""
        looping = LoopingCall(self.note, "tick")
        looping.clock = self.reactor  # type: ignore[assignment]
        looping.start(1.0, now=False)
        self.reactor.callLater(0.5, self.note, "once")
        self.reactor.stall(2.5)
        self.reactor.run_for(0.6)
        self.assertEqual(self.done, [("once", 2.5), ("tick", 2.5), ("tick", 3.0)])

    def test_a_job_in_a_thread(self) -> None:
        """It is done after the time it takes; its result and its exception come back."""
        waits: Deferred[object] = deferToThreadPool(self.reactor, self.reactor.getThreadPool(), lambda: "result")
        waits.addCallback(self.note)
        broken: Deferred[object] = deferToThreadPool(self.reactor, self.reactor.getThreadPool(), lambda: 1 // 0)
        self.reactor.run_for(1.0)
        self.assertEqual(self.done, [("result", 0.25)])
        self.failureResultOf(broken, ZeroDivisionError)

    def test_a_thread_that_waits_for_a_lock(self) -> None:
        """Nothing moves in it until then, and afterwards everything in its order."""
        thread = InlineThreads(self.reactor, lambda: 0.1)
        for what in "ab":
            deferToThreadPool(self.reactor, thread, self.note, what)
        self.reactor.run_for(0.15)
        thread.blocked_s = 5.0
        self.reactor.run_for(10.0)
        self.assertEqual([what for what, _ in self.done], ["a", "b"])
        self.assertEqual([at_s >= 5.0 for _, at_s in self.done], [False, True])

    def test_twisteds_own(self) -> None:
        """deferLater and time-outs of Deferreds work on it."""
        late = deferLater(self.reactor, 5.0, lambda: "late").addTimeout(2.0, self.reactor)
        self.reactor.run_for(3.0)
        self.failureResultOf(late, TimeoutError)
