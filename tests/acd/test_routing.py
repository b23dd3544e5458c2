"""Who gets the next caller."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.routing import Candidate, longest_idle
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

QUEUED = frozenset({Right.ANSWER_QUEUED})


def seat(number: str, last_end_s: float | None, state: SeatState = SeatState.IDLE_PC) -> Candidate:
    return Candidate(number, state, QUEUED, last_end_s)


class LongestIdleTests(SynchronousTestCase):
    def test_reference_values(self) -> None:
        """The check values of the reference: 801 ended at 09:50, 802 at 09:40, 803 at 09:55; 802 has waited longest."""
        choice = longest_idle([seat("801", 50 * 60), seat("802", 40 * 60), seat("803", 55 * 60)])
        self.assertEqual(choice.order, ("802", "801", "803"))

    def test_no_call_yet(self) -> None:
        """Who had no call yet comes first, and among those the lower staff number: never chance."""
        self.assertEqual(longest_idle([seat("3", None), seat("1", 1.0), seat("2", None)]).order, ("2", "3", "1"))

    def test_passed_over(self) -> None:
        """Whoever cannot be rung is named with the reason."""
        choice = longest_idle(
            [
                seat("1", None, SeatState.TALKING),
                Candidate("2", SeatState.IDLE_PC, frozenset(), None),
                Candidate("3", SeatState.IDLE_PC, QUEUED, None, reachable=False),
                seat("4", None, SeatState.PAUSED),
                seat("5", None),
            ]
        )
        self.assertEqual(choice.order, ("5",))
        reasons = {"1": "talking", "2": "no right to queued calls", "3": "client lost", "4": "paused"}
        self.assertEqual(choice.passed_over, reasons)

    def test_missed(self) -> None:
        """The seat that has missed this caller is not first again for him."""
        self.assertEqual(longest_idle([seat("1", 1.0), seat("2", 9.0)], ("1",)).order, ("2", "1"))

    def test_oldest_miss_first(self) -> None:
        """When all have missed him, who missed him first is asked first; who rests is not asked."""
        free = [seat("1", 1.0), seat("2", 9.0)]
        self.assertEqual(longest_idle(free, ("2", "1")).order, ("2", "1"))
        resting = Candidate("3", SeatState.IDLE_PC, QUEUED, None, rests=True)
        choice = longest_idle([*free, resting])
        self.assertEqual((choice.order, choice.passed_over), (("1", "2"), {"3": "has just missed a call"}))
