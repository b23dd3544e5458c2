"""`callserver why CALL`: who was rung for a waiting caller and who was not, in sentences, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from callserver.commands.calls import NARROWEST, Telling, call_lines, clock_text, known_shop, report_width
from callserver.commands.options import language_option
from callserver.commands.report_words import words
from callserver.commands.start import shop_option
from callserver.store import reading
from callserver.wire.catalogue import N_, Complaint, known, text
from callserver.wire.cells import wrapped
from callserver.wire.obstacles import obstacle_text
from callserver.wire.records import CallRecord, EventRecord, Value
from callserver.wire.terminal import complaint, here

NOT_QUEUED = N_("this call has waited in no queue")
RINGS = {  # why the chosen seat is rung, by the strategy that chose it
    "longest_idle": N_("Seat {seat} is rung: of those who are free it has been idle longest."),
    "fewest_calls": N_("Seat {seat} is rung: of those who are free it has answered fewest calls today."),
    "least_talk": N_("Seat {seat} is rung: of those who are free it has talked least today."),
    "round_robin": N_("Seat {seat} is rung: it is its turn."),
    "linear": N_("Seat {seat} is rung: it is the first from the top that is free and has not missed this caller."),
    "random": N_("Seat {seat} is rung: drawn by lot from those who are free."),
    "progressive": N_("Seat {seat} rings, too: one more does every few seconds."),
    "ring_all": N_("Seat {seat} is rung: all who are free are, and it is the only one."),
    "sticky": N_("Seat {seat} is rung, alone: the caller's last talk was with it."),
    "oldest miss": N_("Seat {seat} is rung again: all who are free have missed him, it the longest time ago."),
}
RING_TOGETHER = N_("Seats {seats} are rung together: the first to answer has the caller.")
RINGS_ANYHOW = N_("Seat {seat} is rung: {why}.")
NEXT = N_("Next in turn would be: {seats}.")
PASSED_OVER = N_("Not rung: {seats}.")
PASSED_ONE = N_("{seat} ({why})")
TOLD = ("entry", "offer", "miss", "connect", "leave", "given_back", "pick_up", "called_back", "call_back_of", "end")
QUEUED = ("entry", "leave", "offer", "call_back_of")


@click.command(help=here("Tell who was rung for a caller who waited, who was not, and why."))
@click.argument("call_id", metavar="CALL")
@shop_option
@language_option
def why(call_id: str, shop: Path, language: str) -> None:
    with known_shop(shop) as config:
        try:
            record = reading.call(call_id)
        except reading.NotOne as problem:
            raise click.ClickException(complaint(problem)) from problem
        events = reading.timeline(record.id)
    told = Telling(language, config.server.zone, width=report_width())
    if not any(event.kind in QUEUED for event in events):
        raise click.ClickException(complaint(Complaint(NOT_QUEUED)))
    for line in (*call_lines(record, told), "", *why_lines(record, events, told)):
        click.echo(line)


def why_lines(record: CallRecord, events: Sequence[EventRecord], told: Telling) -> Iterator[str]:
    """Time of day, seconds since the call began, and a sentence; within the terminal's width."""
    for event in events:
        if event.kind not in TOLD:
            continue
        since_s = (event.at - record.started_at).total_seconds()
        head = f"{clock_text(event.at, told.zone)[:-4]} {since_s:+7.0f} s  "
        said = " ".join(sentences(event, told.language))
        first, *more = wrapped(said, max((told.width or 80) - len(head), NARROWEST))
        yield head + first
        yield from (" " * len(head) + line for line in more)


def sentences(event: EventRecord, language: str) -> list[str]:
    """What happened to who waited."""
    if event.kind != "offer":
        return [words(event, language)]
    data = event.data
    rung = _list(data.get("seats") or data.get("seat"))
    reason = str(data.get("why", ""))
    if len(rung) > 1:
        said = [text(language, RING_TOGETHER, seats=_joined(rung, language))]
    elif reason in RINGS:
        said = [text(language, RINGS[reason], seat=rung[0])]
    else:
        said = [text(language, RINGS_ANYHOW, seat=rung[0], why=known(language, reason))]
    others = [seat for seat in _list(data.get("candidates")) if seat not in rung]
    if others:
        said.append(text(language, NEXT, seats=_joined(others, language)))
    passed_over = data.get("passed_over")
    if isinstance(passed_over, dict) and passed_over:
        each = [
            text(language, PASSED_ONE, seat=seat, why=obstacle_text(str(why), language))
            for seat, why in passed_over.items()
        ]
        said.append(text(language, PASSED_OVER, seats=_joined(each, language)))
    return said


def _list(value: Value) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []


def _joined(texts: Sequence[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(texts)
