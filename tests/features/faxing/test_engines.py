"""The pool of engines: first come first served, bounded, and always whole again."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.faxing.engines import LENT_MAX_S, WAITING_MAX, Engine, Engines, NoEngine
from callserver.features.faxing.sessions import GOODBYE_S, LIMIT_S, VOICE_S


class EnginesTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.alarms = Clock(), list[str]()
        self.engines = Engines(2, self.clock, lambda msgid, /, **details: self.alarms.append(msgid))

    def test_in_turn(self) -> None:
        """Two are lent at once; the third waits, knows his place, and gets the first that comes back."""
        first, second = (self.successResultOf(self.engines.request()) for _ in range(2))
        third, fourth = self.engines.request(), self.engines.request()
        self.assertEqual([self.engines.place(one) for one in (third, fourth)], [0, 1])
        second.release()
        self.successResultOf(third)
        self.assertNoResult(fourth)
        first.release()
        self.successResultOf(fourth)

    def test_gives_up(self) -> None:
        """Who waits no more is out of the row; who stands behind him moves up."""
        (engine, _), waits = [self.successResultOf(self.engines.request()) for _ in range(2)], self.engines.request()
        behind = self.engines.request()
        waits.cancel()
        self.failureResultOf(waits, CancelledError)
        engine.release()
        self.successResultOf(behind)

    def test_given_back_twice(self) -> None:
        """An engine that two ends give back is one engine."""
        engine = self.successResultOf(self.engines.request())
        engine.release()
        engine.release()
        self.assertEqual(self.engines.n_free, 2)

    def test_kept(self) -> None:
        """A session that never ends loses its engine, and people are told."""
        self.successResultOf(self.engines.request())
        self.clock.advance(LENT_MAX_S)
        self.assertEqual((self.engines.n_free, len(self.alarms)), (2, 1))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_post_waits(self) -> None:
        """What is sent by itself takes an engine only where nobody waits for one."""
        held = [self.engines.take_if_free(), self.engines.take_if_free()]
        self.assertIsNone(self.engines.take_if_free())
        caller = self.engines.request()
        assert held[0] is not None
        held[0].release()
        self.successResultOf(caller)
        self.assertIsNone(self.engines.take_if_free())

    def test_as_long_as_a_session(self) -> None:
        """No session loses its engine before its own limit is over; of one that was given back nobody is told."""
        self.assertGreater(LENT_MAX_S, LIMIT_S + GOODBYE_S + VOICE_S)
        self.successResultOf(self.engines.request()).release()
        self.clock.advance(2 * LENT_MAX_S)
        self.assertEqual((self.alarms, self.engines.n_free), ([], 2))

    def test_none(self) -> None:
        """Without engines, and when too many wait, nobody waits in vain."""
        self.assertRaises(NoEngine, Engines(0, self.clock, lambda msgid, /, **details: None).request)
        for _ in range(2 + WAITING_MAX):
            self.engines.request()
        self.assertRaises(NoEngine, self.engines.request)


class AnyOrder(RuleBasedStateMachine):
    """Whatever is asked, given up, given back or forgotten: nobody waits while an engine is free, none is lost."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.engines = Engines(3, self.clock, lambda msgid, /, **details: None)
        self.waiting: list[Deferred[Engine]] = []
        self.lent: list[Engine] = []

    @rule()
    def ask(self) -> None:
        if len(self.waiting) < WAITING_MAX:
            request = self.engines.request()
            request.addCallbacks(self.lent.append, lambda failure: failure.trap(CancelledError))
            self.waiting.append(request)

    @rule(n=st.integers(0, 50))
    def give_up(self, n: int) -> None:
        if self.waiting:
            self.waiting.pop(n % len(self.waiting)).cancel()

    @rule(n=st.integers(0, 50))
    def give_back(self, n: int) -> None:
        if self.lent:
            self.lent.pop(n % len(self.lent)).release()

    @rule()
    def much_later(self) -> None:
        self.clock.advance(LENT_MAX_S / 2)

    @invariant()
    def nobody_waits_in_vain(self) -> None:
        assert 0 <= self.engines.n_free <= 3
        assert not (self.engines.n_waiting and self.engines.n_free)


class AnyOrderTests(SynchronousTestCase):
    def test_any_order(self) -> None:
        """Whatever is asked, given up, given back or forgotten."""
        run_state_machine_as_test(AnyOrder, settings=settings(max_examples=50, deadline=None))  # type: ignore[no-untyped-call]
