"""
What must hold in every rehearsal, whatever goes wrong in it.

Each is a small function that gives the complaints it has, "" or several; `GUARANTEES` says what each one stands for (G1
to G9 of the reliability reference). Those of `WATCHED` are asked all along, those of `AT_END` when the house is quiet.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from callserver.calls.vocabulary import Kind
from callserver.emulator.loop import SubscriberStage
from callserver.features.shopping.tables import Order, Product, Source, StockMovement
from callserver.rehearsal.agents import Rehearsed
from callserver.rehearsal.world import RehearsalWorld
from callserver.server.assembly import CallServer
from callserver.store.tables import CallRow, EventRow, call_record
from callserver.wire.causes import Cause
from callserver.wire.records import CallRecord, EventRecord
from callserver.wire.states import LineState, SeatState

LONGEST_CALL_S = 1800.0 + 3600.0 + 10800.0  # in a flow, in a queue, talking
ROUNDING = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Broken:
    """An invariant that did not hold."""

    name: str
    guarantee: str
    complaint: str
    at_s: float


@dataclass
class Seen:
    """The rehearsal as invariants see it. `rows`: the database at the end."""

    server: CallServer
    world: RehearsalWorld
    secrets: Sequence[str] = ()
    events: list[EventRecord] = field(default_factory=list)
    rows: Rows | None = None
    agents: Sequence[Rehearsed] = ()
    stale: set[str] = field(default_factory=set)  # agents whose program showed something else when last asked
    logged: list[str] = field(default_factory=list)  # what the server logged as an error in itself
    leftovers: list[str] = field(default_factory=list)  # timers after the server has stopped


@dataclass(frozen=True)
class Rows:
    """What is in the database, read in one transaction."""

    calls: Mapping[str, CallRecord]
    n_events: int
    orders: Sequence[tuple[str, str | None]]  # number, call
    stock: Mapping[str, tuple[int, int]]  # by item: what it says, and the sum of its movements
    written: str  # all text of all rows


# All along


def no_gain_between_calls(seen: Seen) -> Iterator[str]:
    """Nobody hears anybody of another call."""
    bay = seen.server.bay
    for hears in bay.legs:
        for heard in bay.legs:
            if bay.gain(heard, hears) and (hears.call_id is None or hears.call_id != heard.call_id):
                yield f"{hears} hears {heard}"


def nothing_dials_unpermitted(seen: Seen) -> Iterator[str]:
    """No line of the shop has asked the exchange for a number but with a permit."""
    for line in seen.server.exchange.lines if seen.server.exchange else ():
        shop = seen.server.config.exchange.number
        ours = line.number.startswith(shop) and len(line.number) > len(shop)
        if (
            ours
            and line.stage in (SubscriberStage.DIALLING, SubscriberStage.RINGBACK)
            and not any(permit.startswith(line.digits) for permit in ("", *seen.world.permits))  # digit by digit
        ):
            yield f"line {line.number} dials {line.digits}"


def screens_show_the_seats(seen: Seen) -> Iterator[str]:
    """A program that is connected and has read all shows its seat as it is. Asked twice: a look may be on its way."""
    stale = {
        agent.agent.number
        for agent in seen.agents
        if agent.is_connected and agent.way.is_well and agent.client.seat.state is not _state(seen, agent.agent.number)
    }
    yield from (f"agent {number} sees another state than his seat is in" for number in sorted(stale & seen.stale))
    seen.stale = stale


def _state(seen: Seen, number: str) -> object:
    status = seen.server.board.statuses.get(f"seat {number}")
    return status.state if status is not None else SeatState.OFF


# When the house is quiet


def each_call_ends_once(seen: Seen) -> Iterator[str]:
    """Every call that began has one end, and nothing of a life after it."""
    ends = Counter(event.call_id for event in seen.events if event.kind == Kind.END.value)
    for call_id in dict.fromkeys(event.call_id for event in seen.events if event.call_id):
        if ends[call_id] != 1:
            yield f"call {call_id} has {ends[call_id]} ends"


def each_call_ends_within_bounds(seen: Seen) -> Iterator[str]:
    """No call outlasts the limits of its phases."""
    began: dict[str | None, float] = {}
    for event in seen.events:
        began.setdefault(event.call_id, event.uptime_s)
        if event.kind == Kind.END.value and event.uptime_s - began[event.call_id] > LONGEST_CALL_S:
            yield f"call {event.call_id} lasted {event.uptime_s - began[event.call_id]:.0f} s"


def nothing_answers_after_the_end(seen: Seen) -> Iterator[str]:
    """After its end a call is not answered, offered, connected or sold to; but the place of who wants to be called."""
    ended: set[str | None] = set()
    life = {Kind.ANSWER.value, Kind.OFFER.value, Kind.CONNECT.value, Kind.ENTRY.value}
    for event in seen.events:
        if event.kind == Kind.END.value:
            if not str(event.data["reason"]).startswith(Cause.CALL_BACK_WANTED.value):
                ended.add(event.call_id)
        elif event.kind in life and event.call_id in ended:
            yield f"call {event.call_id}: {event.kind} after its end"


def lines_are_idle(seen: Seen) -> Iterator[str]:
    """Every line is on hook and ready, at the board and at the exchange."""
    for channel in seen.server.lines.values():
        state = seen.server.board.statuses[channel.name].state
        if state is not LineState.IDLE:
            yield f"{channel.name} is {state.value}"
    for line in seen.server.exchange.lines if seen.server.exchange else ():
        if line.off_hook:
            yield f"subscriber {line.number or '(gone)'} is off hook: {line.stage.value}"


def queue_entries_have_one_outcome(seen: Seen) -> Iterator[str]:
    """Who enters a queue leaves it, once."""
    waiting: dict[str | None, int] = defaultdict(int)
    for event in seen.events:
        if event.kind == Kind.ENTRY.value:
            waiting[event.call_id] += 1
        elif event.kind == Kind.LEAVE.value and event.data["outcome"] != "no_agent":
            waiting[event.call_id] -= 1
        if waiting.get(event.call_id, 0) not in (0, 1):
            yield f"call {event.call_id} is {waiting[event.call_id]} times in the queue"
    yield from (f"call {call_id} never left the queue" for call_id, n in waiting.items() if n > 0)


def seats_have_one_offer(seen: Seen) -> Iterator[str]:
    """No seat rings for two calls."""
    rings: dict[object, str | None] = {}
    over = {Kind.MISS.value, Kind.CONNECT.value, Kind.LEAVE.value, Kind.END.value, Kind.CALLED_BACK.value}
    for event in seen.events:
        if event.kind == Kind.OFFER.value:
            seat = event.data["seat"]
            if seat in rings and rings[seat] != event.call_id:
                yield f"seat {seat} rings for {rings[seat]} and {event.call_id}"
            rings[seat] = event.call_id
        elif event.kind in over:
            rings = {seat: call_id for seat, call_id in rings.items() if call_id != event.call_id}


def states_follow_each_other(seen: Seen) -> Iterator[str]:
    """Each state of a line or seat begins where the one before it ended: so times in states sum to the whole."""
    state: dict[str | None, object] = {}
    for event in seen.events:
        if event.kind == Kind.STATE.value:
            if event.channel in state and event.data["from"] != state[event.channel]:
                yield f"{event.channel}: from {event.data['from']}, and was {state[event.channel]}"
            state[event.channel] = event.data["to"]


def agents_times_sum(seen: Seen) -> Iterator[str]:
    """The time in a seat's states sums to the time between its log-ins and log-outs."""
    in_states: dict[str | None, float] = defaultdict(float)
    logged_in: dict[str | None, float] = defaultdict(float)
    since: dict[str | None, tuple[object, float]] = {}
    for event in seen.events:
        if event.kind == Kind.STATE.value and str(event.channel).startswith("seat"):
            before, at_s = since.get(event.channel, (SeatState.OFF.value, event.uptime_s))
            if before != SeatState.OFF.value:
                in_states[event.channel] += event.uptime_s - at_s
            since[event.channel] = event.data["to"], event.uptime_s
        elif event.kind == Kind.LOG_IN.value:
            logged_in[event.channel] -= event.uptime_s
        elif event.kind == Kind.LOG_OUT.value:
            logged_in[event.channel] += event.uptime_s
    for seat, whole_s in logged_in.items():
        if abs(whole_s - in_states[seat]) > 0.001:
            yield f"{seat}: {in_states[seat]:.3f} s in its states, {whole_s:.3f} s logged in"


def orders_are_in_the_database(seen: Seen) -> Iterator[str]:
    """What was acknowledged was bought, and nothing else was; no call bought more often than its caller confirmed."""
    assert seen.rows is not None
    told = {str(event.data["order"]) for event in seen.events if event.kind == Kind.ORDER.value}
    kept = {number for number, call_id in seen.rows.orders if call_id is not None}
    yield from (f"order {number} was told and is not there" for number in sorted(told - kept))
    buyers = Counter(call_id for _, call_id in seen.rows.orders if call_id is not None)
    confirmed = Counter(event.call_id for event in seen.events if event.kind == Kind.ORDER_WANTED.value)
    for call_id, n in buyers.items():
        if n > confirmed[call_id]:
            yield f"call {call_id} bought {n} times, its caller confirmed {confirmed[call_id]} times"


def stock_equals_its_movements(seen: Seen) -> Iterator[str]:
    """No piece is sold that is not there, none vanishes."""
    assert seen.rows is not None
    for item, (stock, moved) in seen.rows.stock.items():
        if stock != moved or stock < 0:
            yield f"item {item}: stock {stock}, movements {moved}"


def the_log_is_in_the_database(seen: Seen) -> Iterator[str]:
    """No event is lost on its way to disk. An order whose caller hung up at that moment is stored and not shown."""
    assert seen.rows is not None
    shown = sum(event.kind == Kind.ORDER.value for event in seen.events)
    bought = sum(call_id is not None for _, call_id in seen.rows.orders)
    if len(seen.events) + bought - shown != seen.rows.n_events:
        yield f"{len(seen.events)} events happened, {seen.rows.n_events} are in the database"


def _alike(one: object, other: object) -> bool:
    """Two moments that differ by a rounding."""
    return isinstance(one, datetime) and isinstance(other, datetime) and abs(one - other) <= ROUNDING


def the_log_gives_the_records(seen: Seen) -> Iterator[str]:
    """The event log, replayed, gives the call records."""
    assert seen.rows is not None
    replayed = replay(seen.events)
    for call_id, record in seen.rows.calls.items():
        theirs = asdict(record)
        for name, value in replayed.get(call_id, {}).items():
            same = value == theirs[name] or _alike(value, theirs[name])
            if not same:
                yield f"call {call_id}: {name} is {theirs[name]}, by the log {value}"
    yield from (f"call {call_id} has no record" for call_id in replayed.keys() - seen.rows.calls.keys())


def no_secret_is_written(seen: Seen) -> Iterator[str]:
    """No password or secret digits stand in the event log or the database."""
    assert seen.rows is not None
    text = seen.rows.written + "".join(f"{event.person} {event.data}" for event in seen.events)
    yield from ("a secret stands in event log or database" for secret in seen.secrets if secret in text)


def the_house_is_empty(seen: Seen) -> Iterator[str]:
    """No leg is open, nobody waits, no recording is open."""
    yield from (f"{leg} is open" for leg in seen.server.bay.legs)
    yield from (
        f"{entry.call.id} waits in {q.name}"
        for q in seen.server.centre.queues.by_name.values()
        for entry in q.waiting
        if entry.call
    )
    yield from (f"recording {path.name} is open" for path in seen.world.files)
    yield from (f"{c.name} still has a call" for c in seen.server.lines.values() if c.call is not None)


def no_timer_is_left(seen: Seen) -> Iterator[str]:
    """When the server has stopped, nothing is due any more."""
    yield from seen.leftovers


def nothing_broke_inside(seen: Seen) -> Iterator[str]:
    """The server logged no error in itself."""
    yield from seen.logged


WATCHED = (no_gain_between_calls, nothing_dials_unpermitted, screens_show_the_seats)
QUIET = (lines_are_idle, the_house_is_empty)
AT_END = (
    each_call_ends_once,
    each_call_ends_within_bounds,
    nothing_answers_after_the_end,
    queue_entries_have_one_outcome,
    seats_have_one_offer,
    states_follow_each_other,
    agents_times_sum,
    orders_are_in_the_database,
    stock_equals_its_movements,
    the_log_is_in_the_database,
    the_log_gives_the_records,
    no_secret_is_written,
    no_timer_is_left,
    nothing_broke_inside,
)
GUARANTEES = {
    "no_gain_between_calls": "G7",
    "nothing_dials_unpermitted": "G8",
    "screens_show_the_seats": "G6",
    "each_call_ends_once": "G1",
    "each_call_ends_within_bounds": "G5",
    "nothing_answers_after_the_end": "G5",
    "lines_are_idle": "G5",
    "queue_entries_have_one_outcome": "G6",
    "seats_have_one_offer": "G6",
    "states_follow_each_other": "G6",
    "agents_times_sum": "G6",
    "orders_are_in_the_database": "G2",
    "stock_equals_its_movements": "G2",
    "the_log_is_in_the_database": "G1",
    "the_log_gives_the_records": "G1",
    "no_secret_is_written": "G12",
    "the_house_is_empty": "G5",
    "no_timer_is_left": "G5",
    "nothing_broke_inside": "G9",
}

Invariant = Callable[[Seen], Iterable[str]]


def check(invariants: Iterable[Invariant], seen: Seen, at_s: float) -> list[Broken]:
    """Ask each; what does not hold."""
    return [
        Broken(one.__name__, GUARANTEES[one.__name__], complaint, round(at_s, 3))
        for one in invariants
        for complaint in one(seen)
    ]


def read_rows() -> Rows:
    """Everything the invariants ask of the database; run in `store.read`."""
    moved: Counter[str] = Counter()
    for move in StockMovement.select():
        moved[move.product.number] += move.quantity
    bought = Order.select().where(Order.source != Source.RESERVATION)  # those that callers confirmed
    return Rows(
        calls={row.id: call_record(row) for row in CallRow.select().order_by(CallRow.started_ms, CallRow.id)},
        n_events=EventRow.select().count(),
        orders=[(row.number, row.call_id) for row in bought.order_by(Order.number)],
        stock={row.number: (row.stock, moved[row.number]) for row in Product.select().order_by(Product.number)},
        written="\n".join(row.data for row in EventRow.select(EventRow.data)),
    )


def replay(events: Sequence[EventRecord]) -> dict[str, dict[str, Any]]:
    """What the event log says of each call, as fields of its record."""
    calls: dict[str, dict[str, Any]] = defaultdict(dict)
    for event in events:
        if event.call_id is None:
            continue
        fields, data = calls[event.call_id], event.data
        match event.kind:
            case Kind.CALLER_ID.value:
                fields |= {"caller_number": data["number"], "caller_name": data["name"]}
            case Kind.ANSWER.value:
                fields["answered_at"] = event.at
            case Kind.CONNECT.value:
                fields["agent"] = data["seat"]
            case Kind.ORDER.value:
                fields["order_number"] = data["order"]
            case Kind.RECORDING.value:
                fields["recording"] = data["file"]
            case Kind.END.value:
                fields |= {"ended_at": event.at, "end_reason": data["reason"]}
    return calls
