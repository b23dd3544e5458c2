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
    }


def log_hash(result: Result) -> str:
    """Of the whole event log: two runs of one script have the same."""
    return sha256("\n".join(result.event_lines()).encode()).hexdigest()


def table(result: Result, command: str) -> str:
    """For the terminal; `command` repeats this rehearsal."""
    told = figures(result)
    faults = ", ".join(f"{n} {kind}" for kind, n in told["faults"].items()) or "none"
    rows = [
        (
            "visits 来电",
            f"{told['visits']} ({told['busy']} found all lines busy, {told['hung_up_early']} hung up early)",
        ),
        ("answered by the menu 菜单应答", str(told["answered"])),
        ("orders 订单", str(told["orders"])),
        ("in the queue 排队", f"{told['queued']} (talked 通话 {told['talks']}, abandoned 放弃 {told['abandoned']})"),
        ("wait 等待", f"mean {told['wait_mean_s']} s, longest {told['wait_max_s']} s"),
        ("faults 故障", faults),
        ("callers that failed 失败", str(told["failed"])),
        ("invariants broken 违反", str(told["broken"])),
        ("event log 事件", f"{told['events']} events, sha256 {told['event_log_sha256'][:16]}"),
        ("time 时间", f"{_clock(told['virtual_s'])} in {told['wall_s']} s: {told['speed']} times as fast"),
    ]
    lines = [line for name, value in rows for line in _row(name, value)]
    return "\n".join([*lines, *_complaints(result, command)])


def write(result: Result, folder: Path) -> None:
    """Event log, the rehearsal's own log, figures."""
    (folder / "events.jsonl").write_text("".join(f"{line}\n" for line in result.event_lines()), "utf-8")
    timeline = (f"{_clock(one.at_s):>11}  {one.who:12}  {one.what}\n" for one in result.happened)
    (folder / "timeline.txt").write_text("".join(timeline), "utf-8")
    (folder / "figures.json").write_text(json.dumps(figures(result), indent=1, ensure_ascii=False) + "\n", "utf-8")


def _complaints(result: Result, command: str) -> Iterator[str]:
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
    yield f"Again 重现: {command}"


def _row(name: str, value: str) -> Iterator[str]:
    """A name and what belongs to it, broken where it would be too wide."""
    gap = " " * (30 - _width(name))
    line = f"{name}{gap}"
    for word in value.split(" "):
        if _width(line) + 1 + _width(word) > WIDTH:
            yield line.rstrip()
            line = " " * 30
        line += f"{word} "
    yield line.rstrip()


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if "\u2e80" <= letter <= "\uffdf" else 1 for letter in text)


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
