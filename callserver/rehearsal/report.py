"""What a rehearsal has shown, for people and for programs; at most 80 columns wide."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from callserver.calls.vocabulary import Kind
from callserver.rehearsal.callers import Outcome
from callserver.rehearsal.rehearsal import Result
from callserver.wire.catalogue import N_, text
from callserver.wire.cells import cells, column
from callserver.wire.records import EventRecord

WIDTH = 80
SHOWN = 10  # complaints of one kind


def figures(result: Result) -> dict[str, Any]:
    """Everything that was counted."""
    kinds = Counter(event.kind for event in result.events)
    outcomes = Counter(visit.outcome for visit in result.visits)
    waits_s = sorted(_waits(result.events))
    return {
        "seed": result.script.seed,
        "visits": len(result.visits),
        "busy": outcomes[Outcome.BUSY],
        "answered": kinds[Kind.ANSWER.value],
        "orders": kinds[Kind.ORDER.value],
        "queued": kinds[Kind.ENTRY.value],
        "talks": kinds[Kind.CONNECT.value],
        "abandoned": _left(result.events, "abandoned"),
        "wait_mean_s": round(sum(waits_s) / len(waits_s), 1) if waits_s else 0.0,
        "wait_max_s": round(waits_s[-1], 1) if waits_s else 0.0,
        "hung_up_early": outcomes[Outcome.HUNG_UP],
        "failed": len(result.failed_visits),
        "faults": dict(sorted(Counter(fault.kind for fault in result.faults).items())),
        "broken": len(result.broken),
        "events": len(result.events),
        "event_log_sha256": log_hash(result),
        "virtual_s": round(result.virtual_s, 1),
        "wall_s": round(result.wall_s, 1),
        "speed": round(result.virtual_s / result.wall_s, 1) if result.wall_s else 0.0,
        "virtual_s_a_cpu_s": round(result.virtual_s / result.cpu_s, 1) if result.cpu_s else 0.0,
    }


def log_hash(result: Result) -> str:
    """Of events.jsonl: two runs of one script have the same."""
    return sha256(_log(result)).hexdigest()


ROWS = (  # what a line of the table is about, and what it says of the figures
    (N_("visits"), N_("{visits} ({busy} found all lines busy, {hung_up_early} hung up early)")),
    (N_("answered by the menu"), "{answered}"),
    (N_("orders"), "{orders}"),
    (N_("in the queue"), N_("{queued} (talked: {talks}, abandoned: {abandoned})")),
    (N_("wait"), N_("mean {wait_mean_s} s, longest {wait_max_s} s")),
    (N_("faults"), "{faults}"),
    (N_("callers that failed"), "{failed}"),
    (N_("invariants broken"), "{broken}"),
    (N_("event log"), N_("{events} events, sha256 {event_log_sha256}")),
    (N_("time"), N_("{virtual} in {wall_s} s: {speed} times as fast")),
)


def table(result: Result, command: str, language: str) -> str:
    """For the terminal; `command` repeats this rehearsal."""
    told = figures(result)
    told["faults"] = ", ".join(f"{n} {kind}" for kind, n in told["faults"].items()) or text(language, "none")
    told["event_log_sha256"] = told["event_log_sha256"][:16]
    told["virtual"] = _clock(told["virtual_s"])
    rows = ((text(language, name), text(language, says, **told)) for name, says in ROWS)
    lines = [line for name, value in rows for line in _row(name, value)]
    return "\n".join([*lines, *_complaints(result, command, language)])


def write(result: Result, folder: Path) -> None:
    """Event log, the rehearsal's own log, figures."""
    (folder / "events.jsonl").write_bytes(_log(result))
    timeline = (f"{_clock(one.at_s):>11}  {one.who:12}  {one.what}\n" for one in result.happened)
    (folder / "timeline.txt").write_text("".join(timeline), "utf-8")
    (folder / "figures.json").write_text(json.dumps(figures(result), indent=1, ensure_ascii=False) + "\n", "utf-8")


def _log(result: Result) -> bytes:
    """The event log as it is written."""
    return "".join(f"{line}\n" for line in result.event_lines()).encode()


def _complaints(result: Result, command: str, language: str) -> Iterator[str]:
    if result.passed:
        return
    yield ""
    by_name = Counter(broken.name for broken in result.broken)
    for broken in result.broken[:SHOWN]:
        yield f"BROKEN {broken.name} ({broken.guarantee}) at {_clock(broken.at_s)}: {broken.complaint[:400]}"
    if len(result.broken) > SHOWN:
        yield f"... and {len(result.broken) - SHOWN} more: " + ", ".join(f"{n} {name}" for name, n in by_name.items())
    for visit in result.failed_visits[:SHOWN]:
        outcome = visit.outcome.value if visit.outcome else "broke"
        yield f"FAILED caller {visit.n} ({visit.callers}) at {_clock(visit.began_s)}: {outcome}: {visit.problem}"
    yield text(language, "Once more: {command}", command=command)


def _row(name: str, value: str) -> Iterator[str]:
    """A name and what belongs to it, broken where it would be too wide."""
    line = column(name, 30)
    for word in value.split(" "):
        if cells(line) + 1 + cells(word) > WIDTH:
            yield line.rstrip()
            line = " " * 30
        line += f"{word} "
    yield line.rstrip()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{rest:05.2f}"


def _waits(events: Sequence[EventRecord]) -> Iterator[float]:
    for event in events:
        wait_s = event.data.get("wait_s")
        if event.kind == Kind.CONNECT.value and isinstance(wait_s, int | float):
            yield float(wait_s)


def _left(events: Sequence[EventRecord], outcome: str) -> int:
    return sum(event.kind == Kind.LEAVE.value and event.data["outcome"] == outcome for event in events)
