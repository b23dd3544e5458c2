"""What `callserver status` says of a snapshot, in 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from callserver.wire.alarms import alarm_text
from callserver.wire.catalogue import N_, fill, known, plural, text
from callserver.wire.cells import cells, column, printable, wrapped
from callserver.wire.messages import CLIENT_LOST
from callserver.wire.states import LineState, SeatState
from callserver.wire.words import code_text, state_text

WIDTH = 80
ALARMS, STALLS = 5, 3
IDLE = (SeatState.IDLE_PC.name, SeatState.IDLE_PHONE.name)
QUIET_LINES = ("IDLE",)  # alike, and so told together

WITHOUT = {
    "no shop": N_("{shop}: no shop here (no config.ini)"),
    "not running": N_("{shop}: the server does not run. Start it: bin/callserver start"),
    "killed": N_("{shop}: the server does not run; it was not stopped but killed, or it crashed."),
    "silent": N_("{shop}: the server (process {pid}) does not answer: it is frozen or held up."),
    "unreadable": N_("{shop}: cannot be looked at: {problem}"),
    "starting": N_("{shop}: the server (process {pid}) is starting."),
}
HEADS = {
    "starting": N_("The server is starting, for {time}; process {pid}"),
    "ready": N_("The server is ready, for {time}; process {pid}"),
    "stopping": N_("The server is stopping; process {pid}"),
}


def report(found: dict[str, Any], language: str) -> list[str]:
    """All of it, a row each."""
    if "lines" not in found:
        return wrapped(text(language, WITHOUT[found["state"]], **_plain(found)), WIDTH)
    return [
        *_head(found, language),
        *_keeping(found, language),
        "",
        *_lines(found["lines"], language),
        *_calls(found["calls"], language),
        *_queues(found["queues"], language),
        *_seats(found["seats"], language),
        *_alarms(found["alarms"], language),
        *_health(found, language),
    ]


def _keeping(found: dict[str, Any], language: str) -> list[str]:
    """When the shop was last backed up."""
    backup = found.get("last_backup")
    if not backup:
        return [text(language, "There is no backup yet.")]
    return [text(language, "Last backup: {day}", day=backup[:16].replace("T", " "))]


def span(seconds: float) -> str:
    """As people read it: 0:07, 12:05, 3:12:05, 4 d 03:12."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 100:
        return f"{hours // 24} d {hours % 24:02}:{minutes:02}"
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _plain(found: dict[str, Any]) -> dict[str, str]:
    return {
        name: printable("?" if found.get(name) is None else str(found[name])) for name in ("shop", "pid", "problem")
    }


def _head(found: dict[str, Any], language: str) -> Iterator[str]:
    yield text(language, HEADS[found["state"]], time=span(found["uptime_s"]), pid=found["pid"])
    yield printable(found["shop"])
    if found.get("demo"):
        yield text(language, "This shop has demo data.")
    if found["stopping"]:
        yield from wrapped(sentence(found["stopping"], language), WIDTH)
    for one in (found["reloaded"] or {}).get("told", []):
        yield from wrapped(sentence(one, language), WIDTH)


def _lines(lines: Sequence[dict[str, Any]], language: str) -> Iterator[str]:
    wanted = [line for line in lines if line["enabled"]]
    alive = sum(line["alive"] for line in wanted)
    yield text(language, "Lines: {alive} of {n} alive", alive=alive, n=len(wanted))
    quiet = [line["line"] for line in lines if line["alive"] and line["enabled"] and line["state"] in QUIET_LINES]
    if quiet:
        yield _row((numbers(quiet), 12), (_state(LineState.IDLE.name, language), 12))
    for line in lines:
        if line["line"] not in quiet:
            yield from _line(line, language)


def _line(line: dict[str, Any], language: str) -> Iterator[str]:
    why = sentence(line["reason"], language) if line["reason"] else ""
    if not line["enabled"] and not why:
        why = text(language, "not enabled")
    state = _state(line["state"], language)
    shown = [line.get("caller") or "", code_text(line.get("sub") or "", language), why]
    if line.get("draining"):
        shown.append(text(language, "takes no more calls"))
    words = printable("  ".join(filter(None, shown)))
    yield from _told((str(line["line"]), 12), (state, 12), (span(line.get("for_s") or 0), 9), words=words)


def _calls(calls: Sequence[dict[str, Any]], language: str) -> Iterator[str]:
    yield ""
    yield text(language, "Calls: {n}", n=len(calls))
    for call in calls:
        with_ = ", ".join(code_text(one, language) for one in call["with"])
        yield from _told(
            (code_text(call["channel"], language), 12),
            (code_text(call["stage"], language), 12),
            (span(call["for_s"]), 9),
            words=printable(f"{call['caller'] or ''}  {with_}  {call['id'][:8]}"),
        )


def _queues(queues: Iterable[dict[str, Any]], language: str) -> Iterator[str]:
    for queue in queues:
        words = plural(
            language,
            "Queue {queue}: {n} waits, for {time}",
            "Queue {queue}: {n} wait, the first for {time}",
            queue["waiting"],
            queue=queue["queue"],
            time=span(queue["longest_s"]),
        )
        yield words if queue["waiting"] else text(language, "Queue {queue}: nobody waits", queue=queue["queue"])


def _seats(seats: dict[str, Any], language: str) -> Iterator[str]:
    yield text(language, "Seats: {n} of {places} taken", n=len(seats["here"]), places=seats["places"])
    for seat in seats["here"]:
        state, sub = state_text(SeatState[seat["state"]], language), code_text(seat["sub"], language)
        if seat["sub"] == CLIENT_LOST and seat["state"] in IDLE:  # nobody is there to be idle
            state, sub = sub, text(language, "gets no calls")
        words = printable(f"{seat['name']}  {sub}  {seat['caller'] or ''}")
        yield from _told((seat["person"], 12), (state, 21), (span(seat["for_s"]), 9), words=words)


def _alarms(alarms: Sequence[dict[str, Any]], language: str) -> Iterator[str]:
    if alarms:
        yield ""
        yield text(language, "Last alarms")
    for alarm in alarms[:ALARMS]:
        at = f"{datetime.fromisoformat(alarm['at']):%m-%d %H:%M:%S}"  # in the shop's zone
        where = code_text(alarm["channel"] or "", language)
        yield from _told((at, 16), (where, 9), words=printable(alarm_text(alarm["data"], language)))


def _health(found: dict[str, Any], language: str) -> Iterator[str]:
    ticks, stalls = found["ticks"], found["stalls"]
    yield ""
    figures = text(
        language, "Ticks of 20 ms: {n}; lost: {lost}; over 20 ms late: {late}; latest {longest_ms} ms", **ticks
    )
    yield from wrapped(figures, WIDTH)
    if not stalls["n"]:
        yield text(language, "Nothing has held up the server.")
        return
    yield text(language, "Held up: {n} times, {s} s at most", n=stalls["n"], s=f"{stalls['longest_s']:.2f}")
    for stall in stalls["last"][:STALLS]:
        yield from _told((span(stall["ago_s"]), 9), (f"{stall['busy_s']:.2f} s", 9), words=_place(stall, language))


def _place(stall: dict[str, Any], language: str) -> str:
    details = {"row": stall["line"]} | {name: stall[name] for name in ("file", "function", "menu", "channel")}
    place = N_("{file}, line {row} ({function})")
    if stall["menu"]:
        place = N_("menu {menu} on {channel}: {file}, line {row} ({function})")
    if stall["machine_s"] > stall["busy_s"] / 2:
        place = N_("the computer was busy with other programs; {file}, line {row} ({function})")
    words = text(language, place, **details)
    return f"{words}; {text(language, 'broken off')}" if stall["interrupted"] else words


def _state(name: str, language: str) -> str:
    return state_text(LineState[name], language)


def sentence(kept: dict[str, Any], language: str) -> str:
    """A phrase as it came over the wire, and what it says of others."""
    details = {name: sentence(one, language) if isinstance(one, dict) else one for name, one in kept["details"].items()}
    return fill(language, known(language, kept["msgid"]), details)


def numbers(lines: Sequence[int]) -> str:
    """Rows of numbers drawn together: 1-3, 5, 7-20."""
    rows: list[list[int]] = []
    for number in lines:
        if rows and number == rows[-1][-1] + 1:
            rows[-1] = [rows[-1][0], number]
        else:
            rows.append([number])
    return ", ".join("-".join(map(str, row)) for row in rows)


def _row(*columns_: tuple[str, int]) -> str:
    return "  " + " ".join(_cut(words, width) for words, width in columns_).rstrip()


def _cut(words: str, width: int) -> str:
    """In its column, or beyond it if it must."""
    return column(words, max(width, cells(words)))


def _told(*columns_: tuple[str, int], words: str) -> Iterator[str]:
    """Columns, and words that go on below themselves where they are too long for the row."""
    head = _row(*columns_)
    indent = 2 + sum(width + 1 for _, width in columns_)
    first, *rest = wrapped(" ".join(words.split()), WIDTH - indent)
    yield f"{column(head, max(indent, cells(head) + 1))}{first}".rstrip()
    for more in rest:
        yield " " * indent + more
