"""Events as the server writes them, told in a few words; and the check data of call-centre.md section 9."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from callserver.calls.vocabulary import Kind
from callserver.wire.messages import WRAP_UP
from callserver.wire.records import CallRecord, EventRecord
from callserver.wire.states import SeatState

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
IDLE = SeatState.IDLE_PC


class Story:
    """A day of a shop as its event log has it; moments are seconds since `begin`."""

    def __init__(self, begin: datetime = BEGIN) -> None:
        self.begin = begin
        self._told: list[tuple[float, int, EventRecord]] = []
        self.calls: dict[str, CallRecord] = {}

    @property
    def events(self) -> list[EventRecord]:
        """In the order of time."""
        return [event for _, _, event in sorted(self._told, key=lambda one: one[:2])]

    def tell(
        self,
        at_s: float,
        kind: Kind,
        call: str | None = None,
        channel: str | None = None,
        person: str | None = None,
        /,
        **data: Any,
    ) -> None:
        """One event."""
        at = self.begin + timedelta(seconds=at_s)
        event = EventRecord(at, 1000 + at_s, "shop", kind.value, call, channel, person, data)
        self._told.append((at_s, len(self._told), event))

    def opens(self, at_s: float, call: str, number: str = "13912345678", line: str = "line 1") -> None:
        """A call rings."""
        at = self.begin + timedelta(seconds=at_s)
        self.calls[call] = CallRecord(call, "in", line, number, None, at)
        self.tell(at_s, Kind.RING, call, line, count=1)

    def seat(self, at_s: float, number: str, to: SeatState, call: str | None = None, sub: str = "") -> None:
        """A seat looks otherwise."""
        data = {"from": None, "to": to.value, "sub": sub, "reason": ""}
        self.tell(at_s, Kind.STATE, call, f"seat {number}", number, **data)

    def log_in(self, at_s: float, number: str) -> None:
        self.tell(at_s, Kind.LOG_IN, None, f"seat {number}", number)
        self.seat(at_s, number, IDLE)

    def log_out(self, at_s: float, number: str) -> None:
        self.tell(at_s, Kind.LOG_OUT, None, f"seat {number}", number, reason="logged_out")
        self.seat(at_s, number, SeatState.OFF)

    def enters(self, at_s: float, call: str, queue: str = "sales") -> None:
        """A caller waits."""
        if call not in self.calls:
            self.opens(at_s, call)
            self.tell(at_s, Kind.ANSWER, call, "line 1")
        self.tell(at_s, Kind.ENTRY, call, "line 1", queue=queue, place=1)

    def leaves(self, at_s: float, call: str, outcome: str, wait_s: float, queue: str = "sales") -> None:
        """His wait is over, and unless an agent has him his call too."""
        self.tell(at_s, Kind.LEAVE, call, "line 1", queue=queue, outcome=outcome, wait_s=wait_s)
        if outcome not in ("answered", "grabbed"):
            self.ends(at_s, call)

    def ends(self, at_s: float, call: str, reason: str = "caller_hung_up") -> None:
        self.tell(at_s, Kind.END, call, "line 1", by="caller", reason=reason)

    def talk(
        self, at_s: float, call: str, agent: str, wait_s: float, talk_s: float, hold_s: float = 0, wrap_s: float = 0
    ) -> float:
        """A queued call from its entry to the end of its wrap-up, answered at that moment; when that is."""
        self.enters(at_s - wait_s, call)
        self.leaves(at_s, call, "answered", wait_s)
        self.tell(at_s, Kind.CONNECT, call, "line 1", agent, seat=agent, wait_s=wait_s)
        self.seat(at_s, agent, SeatState.TALKING, call)
        if hold_s:
            self.seat(at_s + talk_s / 2, agent, SeatState.HELD, call)
            self.seat(at_s + talk_s / 2 + hold_s, agent, SeatState.TALKING, call)
        over_s = at_s + talk_s + hold_s
        self.ends(over_s, call)
        if wrap_s:
            self.seat(over_s, agent, SeatState.PAUSED, sub=WRAP_UP)
        self.seat(over_s + wrap_s, agent, IDLE)
        return over_s + wrap_s


def check_data() -> Story:
    """Both logged in 1800 s, 801 paused 120; T = 20, S = 5."""
    story = Story()
    for agent in ("801", "802"):
        story.log_in(0, agent)
        story.log_out(1800, agent)
    story.talk(100, "1", "801", 4, 180, 0, 30)
    story.talk(100, "2", "802", 12, 95, 20, 30)
    story.talk(400, "4", "801", 45, 240, 35, 45)
    story.talk(400, "6", "802", 20, 60, 0, 15)
    story.talk(600, "8", "802", 0, 150, 10, 30)
    story.talk(1000, "9", "801", 33, 310, 0, 30)
    story.seat(1500, "801", SeatState.PAUSED, sub="lunch")
    story.seat(1620, "801", IDLE)
    for call, wait_s, outcome in (
        ("3", 3, "abandoned"),
        ("5", 18, "abandoned"),
        ("7", 61, "abandoned"),
        ("10", 120, "timed_out"),
        ("11", 25, "callback"),
    ):
        story.enters(700, call)
        story.leaves(700 + wait_s, call, outcome, wait_s)
    return story
