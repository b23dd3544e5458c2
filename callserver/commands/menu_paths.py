"""`callserver menus paths` and `menus replay`: what last week's callers did, and what they would do now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from callserver.commands.calls import as_text, known_shop, list_width
from callserver.commands.options import json_option, language_option
from callserver.commands.start import shop_option
from callserver.ivr.loading.loads import label
from callserver.ivr.paths.figures import PathFigures, StepFigures, figures
from callserver.ivr.paths.replay import Replayed, replay
from callserver.ivr.paths.walked import Walked, comes_by, walked
from callserver.server.shop_folder import ShopFolder
from callserver.server.trial import Trial
from callserver.store import reading
from callserver.wire.catalogue import N_, Complaint, text
from callserver.wire.cells import column, cut, printable
from callserver.wire.records import CallRecord
from callserver.wire.terminal import here

CALLS_MAX = 10_000
NUMBERS = (N_("visits"), N_("left"), N_("median"), N_("90 %"), N_("wrong"), N_("silent"), N_("early"))
NUMBER_CELLS = 8
days_option = click.option(
    "--days", type=click.IntRange(1, 3650), default=7, show_default=True, help=here("Of so many days.")
)
AS_BEFORE = ("same", "secret")
RESULTS = {
    "other": N_("ends otherwise"),
    "key gone": N_("a key that was taken is none any more"),
    "unjudged": N_("cannot be judged"),
}


@click.command(help=here("Where callers leave a menu, how long its steps take, who wants a person; by version."))
@click.argument("name")
@days_option
@shop_option
@language_option
@json_option
def paths(shop: Path, name: str, days: int, language: str, as_json: bool) -> None:
    found = figures([one for _, one in _calls(shop, name, days)])
    if as_json:
        click.echo(as_text([asdict(one) for one in found]))
        return
    for line in paths_report(found, language, list_width()):
        click.echo(printable(line))


@click.command(help=here("Give a menu, as it is now, the keys of the last days: which calls end otherwise."))
@click.argument("name")
@days_option
@shop_option
@language_option
def replay_calls(shop: Path, name: str, days: int, language: str) -> None:
    calls = [(record, call) for record, call in _calls(shop, name, days) if not call.through]
    trial = Trial(ShopFolder(shop))
    try:
        now, ask = trial.version_of(name), trial.asked(name)
        before = {one: trial.asked_before(name, one) for one in {call.version for _, call in calls}} | {now: ask}
        results = [(record, replay(ask, call, record, before[call.version])) for record, call in calls]
    finally:
        trial.close()
    for line in replay_report(results, language):
        click.echo(printable(line))


def _calls(shop: Path, name: str, days: int) -> list[tuple[CallRecord, Walked]]:
    """
    Calls of a menu, the oldest first.

    :raises Complaint: there are none
    """
    since = datetime.now(UTC) - timedelta(days=days)
    with known_shop(shop):
        found = reading.calls_told_by(comes_by(name), since, CALLS_MAX)
    calls = [(record, one) for record, events in found if (one := walked(name, events)) is not None]
    if not calls:
        raise Complaint("no call has come to menu {menu} in {days} days", menu=repr(name), days=days)
    return calls


def paths_report(found: Sequence[PathFigures], language: str, width: int) -> Iterator[str]:
    """Within so many columns."""
    wide = max(width - NUMBER_CELLS * len(NUMBERS), 12)
    for one in found:
        by = text(language, N_("version {version}"), version=label(one.version))
        if one.through:
            by = text(language, N_("through {menu}, version {version}"), menu=one.through, version=label(one.version))
        heads = N_("{by}: {calls} calls; {gave_up} hung up in it, {to_person} went to a person")
        yield text(language, heads, by=by, calls=one.calls, gave_up=one.gave_up, to_person=one.to_person)
        if one.last_keys:
            keys = "; ".join(f"{keyed} ({n})" for keyed, n in one.last_keys)
            yield text(language, N_("  last keys before a person: {keys}"), keys=keys)
        if one.rating is not None:
            yield text(language, N_("  rating {points} of {n} callers"), points=f"{one.rating:.1f}", n=one.ratings)
        titles = "".join(column(text(language, title), NUMBER_CELLS) for title in NUMBERS)
        yield (column("", wide) + titles).rstrip()
        for step in one.steps:
            yield (column(cut(step.step, wide - 1), wide) + _numbers(step)).rstrip()
            if step.keys:
                keyed = ", ".join(f"{keys} ({n})" for keys, n in step.keys)
                answered = f"{step.answer_s:.1f} s" if step.answer_s is not None else "–"
                said = text(language, N_("  answered after {s}; keys {keys}"), s=answered, keys=keyed)
                yield cut(said, width)


def _numbers(step: StepFigures) -> str:
    shares = [f"{share:.0%}" if step.inputs else "–" for share in (step.wrong, step.silent, step.early)]
    shown = [str(step.visits), str(step.left), f"{step.median_s:.1f} s", f"{step.p90_s:.1f} s", *shares]
    return "".join(column(entry, NUMBER_CELLS) for entry in shown)


def replay_report(results: Sequence[tuple[CallRecord, Replayed]], language: str) -> Iterator[str]:
    """Each call that ends otherwise, and how many do not."""
    for record, one in results:
        if one.result not in AS_BEFORE:
            how = text(language, RESULTS[one.result])
            said = N_("{id} {how}, from step {step} on: {was}; now {now}")
            yield text(language, said, id=record.id[:8], how=how, step=one.step, was=one.was, now=one.now)
    same = sum(one.result in AS_BEFORE for _, one in results)
    yield text(language, N_("{n} calls, {same} as they were"), n=len(results), same=same)
    if unjudged := sum(one.result == "unjudged" for _, one in results):
        why = N_("{n} of them cannot be judged: the menu finds other stock, orders, offices or hours today than then")
        yield text(language, why, n=unjudged)
    if secret := sum(one.result == "secret" for _, one in results):
        up_to = N_("{n} of them up to their first secret only: nobody has written down how they go on")
        yield text(language, up_to, n=secret)
