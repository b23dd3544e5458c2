"""Places lost before this start: they stand in the event log, also those that a kill has cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from callserver.acd.queues.cut_offs import CutOffs, LostPlace
from callserver.acd.queues.door import Outcome
from callserver.calls.vocabulary import Kind
from callserver.store.tables import CallRow, EventRow, event_record, from_ms, run_of, to_ms
from callserver.wire.numbers import normal
from callserver.wire.records import EventRecord

LONGEST_CALL = timedelta(hours=3)  # before a wait of two ends
KINDS = (Kind.ENTRY.value, Kind.LEAVE.value)
GONE = (Outcome.ABANDONED.value, Outcome.CUT_OFF.value)


def lost_places(kept_s: Mapping[str, float], began: datetime, country: str) -> list[LostPlace]:
    """
    In `store.read`: of callers who have gone while they waited, or waited when the server was killed.

    In the order in which they were lost; without those that their callers have had again since.

    :param kept_s: how long each queue keeps them
    :param began: this run
    :param country: whose way of writing numbers callers are known by
    """
    since = began - timedelta(seconds=max(kept_s.values(), default=0.0)) - LONGEST_CALL
    recent = (CallRow.started_ms >= to_ms(since)) & CallRow.caller_number.is_null(False)
    numbers = {row.id: str(row.caller_number) for row in CallRow.select().where(recent)}
    waits = _Waits({call: normal(number, country) or number for call, number in numbers.items()}, kept_s)
    of_recent = EventRow.call_id.in_(CallRow.select(CallRow.id).where(recent)) & EventRow.kind.in_(KINDS)
    run = ""
    for row in EventRow.select().where(of_recent & (EventRow.at_ms < to_ms(began))).order_by(EventRow.seq):
        if run and run_of(row) != run:
            waits.killed(_last_event(run, began))
        run = run_of(row)
        waits.tell(event_record(row))
    if run:
        waits.killed(_last_event(run, began))
    return waits.places(began)


class _Waits:
    """
    What queues and callers did, told again.

    :param callers: their numbers, by call
    """

    def __init__(self, callers: Mapping[str, str], kept_s: Mapping[str, float]) -> None:
        self._callers, self._kept_s = callers, kept_s
        self._lost = CutOffs()  # its moments are seconds since 1970 here
        self._entered_s: dict[str, float] = {}
        self._waiting: dict[str, str] = {}  # queues, by call

    def tell(self, event: EventRecord) -> None:
        call, queue, at_s = str(event.call_id), str(event.data["queue"]), event.at.timestamp()
        if event.kind == Kind.ENTRY.value:
            self._waiting[call] = queue
            before_s = self._lost.take(queue, self._callers[call], at_s)
            self._entered_s[call] = min(self._entered_s.get(call, at_s), at_s if before_s is None else before_s)
        elif self._waiting.pop(call, None) is not None and event.data["outcome"] in GONE:
            self._lose(call, queue, at_s)

    def killed(self, at: datetime) -> None:
        """Whoever waited has lost his place; nobody tells so, it was with the last event of that run."""
        waiting, self._waiting = self._waiting, {}
        for call, queue in waiting.items():
            self._lose(call, queue, at.timestamp())

    def places(self, now: datetime) -> list[LostPlace]:
        return sorted(self._still_lost(now.timestamp()), key=lambda one: one.lost_at)

    def _lose(self, call: str, queue: str, at_s: float) -> None:
        kept_s = self._kept_s.get(queue, 0.0)
        self._lost.lost(queue, self._callers[call], self._entered_s[call], at_s, kept_s)

    def _still_lost(self, now_s: float) -> Iterable[LostPlace]:
        for queue, number, entered_s, until_s in self._lost:
            if until_s >= now_s:
                yield LostPlace(queue, number, _moment(entered_s), _moment(until_s - self._kept_s[queue]))


def _last_event(run: str, began: datetime) -> datetime:
    of_run = EventRow.uid.startswith(f"{run}-") & (EventRow.at_ms < to_ms(began))
    row = EventRow.select().where(of_run).order_by(EventRow.seq.desc()).first()
    return from_ms(row.at_ms) if row is not None else began


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
