"""What the event log alone says of a morning: calls, waits in queues, what agents did how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.vocabulary import Kind
from callserver.wire.records import EventRecord
from tests.acd.agent_times import LOGGED_IN, agent_times_s


@dataclass
class CallLine:
    """One call; seconds of the monotonic clock."""

    began_s: float
    answered_s: float | None = None
    ended_s: float | None = None
    reasons: list[str] = field(default_factory=list)  # of its end: one
    agents: list[str] = field(default_factory=list)  # who talked, in turn
    entries: list[str] = field(default_factory=list)  # queues
    outcomes: list[tuple[str, str, float]] = field(default_factory=list)  # of each wait: queue, outcome, seconds


@dataclass(frozen=True)
class Report:
    """`outcomes`: by queue and outcome, how often; `agents`: by staff number, seconds of each kind."""

    calls: Mapping[str, CallLine]
    outcomes: Mapping[tuple[str, str], int]
    agents: Mapping[str, Mapping[str, float]]

    def check_times(self, case: SynchronousTestCase, within_s: float) -> None:
        """What an agent did adds up to the time he was logged in, but for what passes between two lines of the log."""
        for seat, times in self.agents.items():
            did_s = sum(seconds for kind, seconds in times.items() if kind != LOGGED_IN)
            case.assertLess(abs(did_s - times[LOGGED_IN]), within_s, seat)


def report_of(events: Sequence[EventRecord]) -> Report:
    """A pure function of the log, in whatever order it was stored."""
    events = sorted(events, key=lambda event: event.uptime_s)
    calls = _calls(events)
    waits = Counter((queue, outcome) for call in calls.values() for queue, outcome, _ in call.outcomes)
    seats = sorted({str(event.channel) for event in events if event.kind == Kind.LOG_IN.value})
    until_s = events[-1].uptime_s
    return Report(calls, waits, {seat: agent_times_s(events, seat, until_s) for seat in seats})


def _calls(events: Sequence[EventRecord]) -> dict[str, CallLine]:
    calls: dict[str, CallLine] = {}
    for event in events:
        if event.call_id is not None:
            _note(calls.setdefault(event.call_id, CallLine(event.uptime_s)), event)
    return calls


def _note(call: CallLine, event: EventRecord) -> None:
    data = event.data
    match event.kind:
        case Kind.ANSWER.value:
            call.answered_s = event.uptime_s
        case Kind.CONNECT.value:
            call.agents.append(str(data["seat"]))
        case Kind.ENTRY.value:
            call.entries.append(str(data["queue"]))
        case Kind.LEAVE.value:
            call.outcomes.append((str(data["queue"]), str(data["outcome"]), float(str(data["wait_s"]))))
        case Kind.END.value:
            call.ended_s = event.uptime_s
            call.reasons.append(str(data["reason"]))
