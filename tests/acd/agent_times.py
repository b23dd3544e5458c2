"""How long an agent did what, from the event log alone (call-centre.md section 3, rule 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from callserver.wire.records import EventRecord
from callserver.wire.states import SeatState

BUCKETS = {
    SeatState.IDLE_PC: "ready",
    SeatState.IDLE_PHONE: "ready",
    SeatState.RINGING: "ringing",
    SeatState.DIALING: "dialling",
    SeatState.RINGBACK: "dialling",
    SeatState.TALKING: "talking",
    SeatState.HELD: "hold",
}
LOGGED_IN = "logged in"


def agent_times_s(events: Iterable[EventRecord], seat: str, until_s: float) -> dict[str, float]:
    """Seconds of each kind; "logged in" counts from each log-in to its log-out, or to now."""
    times: Counter[str] = Counter()
    doing, since_s, came_s = "", 0.0, None
    for event in events:
        if event.channel != seat or event.kind not in ("log_in", "log_out", "state"):
            continue
        if came_s is not None and doing:
            times[doing] += event.uptime_s - since_s
        since_s = event.uptime_s
        if event.kind == "log_in":
            came_s, doing = event.uptime_s, ""
        elif event.kind == "log_out":
            assert came_s is not None, "a log-out without a log-in"
            times[LOGGED_IN] += event.uptime_s - came_s
            came_s = None
        else:
            doing = bucket(SeatState(event.data["to"]), str(event.data["sub"]))
    if came_s is not None:
        times[doing] += until_s - since_s
        times[LOGGED_IN] += until_s - came_s
    return dict(times)


def bucket(state: SeatState, sub: str) -> str:
    """What a state counts as; a pause by its reason, wrap-up among them."""
    return BUCKETS.get(state, f"paused: {sub}" if state is SeatState.PAUSED else "")
