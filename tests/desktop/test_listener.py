"""What has happened is told once, also when looks of the seat in between were left out."""

from dataclasses import replace
from itertools import pairwise

from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.listener import AgentListener, tell
from callserver.wire.messages import Card, Identity, SeatStatus
from callserver.wire.states import SeatState

IDLE = SeatStatus("801", state=SeatState.IDLE_PC, cause="why")
FIRST, SECOND = Card("first"), Card("second")
RINGING = replace(IDLE, state=SeatState.RINGING, call=FIRST)
TALKING = replace(RINGING, state=SeatState.TALKING)
HELD = replace(RINGING, state=SeatState.HELD)
WRAP_UP = replace(IDLE, state=SeatState.PAUSED, reason="wrap-up")
CONSULTING = replace(IDLE, state=SeatState.TALKING, call=SECOND, kept=FIRST)


class Heard(AgentListener):
    def __init__(self) -> None:
        self.told: list[str] = []

    def offered(self, card: Card) -> None:
        self.told.append(f"offered {card.call_id}")

    def record_came(self, card: Card) -> None:
        self.told.append(f"record of {card.identity.name if card.identity else '?'}")

    def offer_gone(self, cause: str) -> None:
        self.told.append(f"offer gone: {cause}")

    def talking(self, card: Card) -> None:
        self.told.append(f"talking {card.call_id}")

    def ended(self, cause: str) -> None:
        self.told.append(f"ended: {cause}")


def told(*looks: SeatStatus) -> list[str]:
    heard = Heard()
    for before, after in pairwise(looks):
        tell(heard, before, after)
    return heard.told


class TellTests(SynchronousTestCase):
    def test_a_call(self) -> None:
        """Rings, talks, is held and retrieved, ends."""
        looks = (IDLE, RINGING, TALKING, HELD, TALKING, WRAP_UP, IDLE)
        self.assertEqual(told(*looks), ["offered first", "talking first", "ended: why"])

    def test_not_answered(self) -> None:
        self.assertEqual(told(IDLE, RINGING, IDLE), ["offered first", "offer gone: why"])

    def test_recall(self) -> None:
        """A held caller who rings his agent again is offered, and his call is not over."""
        self.assertEqual(told(TALKING, HELD, RINGING, TALKING), ["offered first", "talking first"])

    def test_record_comes_later(self) -> None:
        """When the shop's books answer after the first ring, the program is told who it is, once."""
        assert RINGING.call is not None
        known = replace(RINGING, call=replace(RINGING.call, identity=Identity("600001", "Li Ming")))
        talking = replace(TALKING, call=known.call)
        self.assertEqual(told(IDLE, RINGING, known, known), ["offered first", "record of Li Ming"])
        self.assertEqual(told(RINGING, talking), ["record of Li Ming", "talking first"])

    def test_left_out_looks(self) -> None:
        """One call ended and the next rings: both are told; a call that came and went meanwhile is not."""
        rings_next = replace(RINGING, call=SECOND)
        self.assertEqual(told(TALKING, rings_next), ["ended: why", "offered second"])
        self.assertEqual(told(RINGING, rings_next), ["offer gone: why", "offered second"])
        self.assertEqual(told(IDLE, IDLE), [])
        self.assertEqual(told(IDLE, TALKING), ["talking first"])

    def test_consultation(self) -> None:
        """A call kept held while another is consulted is not over; the end of the third party's is."""
        self.assertEqual(told(HELD, CONSULTING), ["talking second"])
        self.assertEqual(told(CONSULTING, HELD), ["ended: why"])

    def test_same_look_again(self) -> None:
        """After a reconnection nothing is told twice."""
        self.assertEqual(told(TALKING, TALKING), [])
