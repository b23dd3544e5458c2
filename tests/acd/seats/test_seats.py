"""Who sits where, and who is told of it."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.seats.seats import SeatChange
from callserver.calls.operations import connect
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.shop import Agent, VirtualShop


class SeatsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = VirtualShop(n_seats=2)

    def test_told_in_order(self) -> None:
        """One who acts on a seat when he is told does not make the others see the later look first."""

        def pause(change: SeatChange) -> None:
            if change.status.state is SeatState.IDLE_PC:
                self.shop.seats[change.status.number].pause("lunch")

        seen: list[tuple[SeatState, SeatState]] = []
        self.shop.seats.watch(pause)
        self.shop.seats.watch(lambda change: seen.append((change.before, change.status.state)))
        self.shop.agent()
        idle, paused = SeatState.IDLE_PC, SeatState.PAUSED
        self.assertEqual(seen, [(SeatState.OFF, idle), (idle, paused)])

    def test_all_seats_taken(self) -> None:
        """One more than there are seats is refused, but not who comes back to his own; a free seat is free."""
        first = self.shop.agent("801")
        self.shop.agent("802")
        refused = self.assertRaises(Refused, self.shop.agent, "803")
        self.assertEqual((refused.code, refused.detail), (Refusal.LIMIT, "2"))
        self.assertIs(self.shop.agent("801"), first)
        first.log_out()
        self.shop.agent("803")

    def test_log_in_and_out(self) -> None:
        """Each log-in has one log-out in the event log, with its reason, also when the server stops."""
        self.shop.agent("801").log_out()
        self.shop.agent("801")
        self.shop.agent("801")  # takes over his own seat
        self.shop.agent("802").client_lost()
        self.shop.seats.log_all_out(Reason(Cause.SERVER_STOPPED))
        told = [(e.kind, e.person, e.data.get("reason")) for e in self.shop.book.events if e.kind.startswith("log_")]
        self.assertEqual(
            told,
            [
                ("log_in", "801", None),
                ("log_out", "801", "logged_out"),
                ("log_in", "801", None),
                ("log_in", "802", None),
                ("log_out", "801", "server_stopped"),
                ("log_out", "802", "server_stopped"),
            ],
        )

    def test_a_right_that_stays(self) -> None:
        """What rings by a right that is still held rings on when another one is taken away."""
        seat = self.shop.agent()
        lost: list[Right] = []
        seat.lose_right = lost.append  # type: ignore[method-assign]
        self.shop.seats.rights_changed("801", frozenset(Right), frozenset(Right) - {Right.LISTEN})
        self.assertEqual(lost, [Right.LISTEN])

    def test_another_headset(self) -> None:
        """Who takes over his seat in a talk hears in his new program, and no more in the old one."""
        old, new = Agent(), Agent()
        seat = self.shop.seats.log_in(old, old)
        call = self.shop.answered_call()
        seat.station.off_hook()
        connect(call, seat.station)
        self.shop.wait(0.1)
        heard = len(old.heard)
        self.shop.seats.log_in(new, new)
        self.shop.wait(0.1)
        self.assertEqual((len(old.heard), bool(new.heard)), (heard, True))
