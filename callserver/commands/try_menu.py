"""`callserver try MENU`: a call that is none, key by key; what the caller hears, and what would become of him."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from pathlib import Path

import click
from twisted.logger import globalLogBeginner

from callserver.commands.options import require_shop
from callserver.commands.start import shop_option
from callserver.config import nearest
from callserver.ivr.interfaces import IMenu
from callserver.ivr.menu_files.file_menu import FileMenu
from callserver.ivr.menu_files.reading import Known
from callserver.ivr.menu_files.steps import Choice, Digits, Go, Say, Slot, Step
from callserver.ivr.trying.beside import Outcome
from callserver.ivr.trying.call import LEFT_OUT, Heard
from callserver.ivr.trying.keys import Script
from callserver.ivr.trying.outcomes import read_outcome
from callserver.ivr.trying.run import ASKS
from callserver.server.shop_folder import ShopFolder
from callserver.server.trial import Trial
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.cells import printable
from callserver.wire.terminal import complaint, here

MOMENTS = ("%Y-%m-%d %H:%M", "%Y-%m-%d", "%H:%M")
ENDINGS = {
    "over": N_("the menu is over, and the call with it"),
    "hangup": N_("the menu hangs up"),
    "caller": N_("the caller has hung up"),
}
HELP = (
    here("Call a menu without a telephone: one in a file, one in Python, or the shop's own."),
    here(
        "Shows what the caller hears, where each key leads, and what the database would do, which is rolled back. "
        "KEYS: a blank between questions; 123# together; - is silence; hangup; speak 12s. Without them you are asked."
    ),
    here("Exit code 1: the menu broke."),
)


@click.command("try", help="\n\n".join(HELP))
@shop_option
@click.argument("menu")
@click.option("--keys", help=here('What the caller presses: "2 1 1001# 1".'))
@click.option("--caller", default="13912345678", help=here("His number; empty: it is withheld."))
@click.option("--at", default="", help=here('By the clock in the shop: "2027-02-06 18:40", 18:40; now if not given.'))
@click.option("--keep", is_flag=True, help=here("Keep what the database would do, after a question."))
@click.option("--set", "outcomes", multiple=True, help=here('What becomes of a hand-over: "queue operator=no_agent".'))
def try_menu(
    shop: Path, menu: str, keys: str | None, caller: str, at: str, outcomes: tuple[str, ...], keep: bool
) -> None:
    if keep and keys is None:
        raise click.UsageError(here("--keep needs --keys"))
    if re.search(r"[^\d+*#() /.-]", caller):
        raise Complaint("{typed} is no telephone number; empty: it is withheld", typed=repr(caller))
    folder = ShopFolder(shop)
    require_shop(folder)
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False)
    keep = keep and click.confirm(here("Write into the shop's database what this call does?"))
    trial = Trial(folder, live=keep)
    try:
        for problem in trial.problems_of(menu):
            click.echo(complaint(problem), err=True)
        if menu not in trial.menus:
            raise Complaint("no menu {menu}; {hint}", menu=repr(menu), hint=nearest(menu, trial.menus))
        when, results = moment(at, trial.zone), dict(_outcome(one, trial.known()) for one in outcomes)
        tried = _asked(trial, menu, when, caller, results) if keys is None else None
        if tried is None:
            tried = trial.call(menu, Script(keys or ""), when, caller, results, keep=keep)
            click.echo("\n".join(printable(line) for line in story(tried, trial.menus, menu)))
        click.echo(ending(tried, kept=keep))
    finally:
        trial.close()
    sys.exit(1 if tried.ended.startswith("broken") else 0)


def _asked(trial: Trial, menu: str, at: datetime, caller: str, outcomes: Mapping[str, str]) -> Outcome:
    """Key by key: each runs the call anew, so that no transaction waits for a person."""
    keys: list[str] = []
    shown = 0
    while True:
        tried = trial.call(menu, Script(" ".join(keys), asks=True), at, caller, outcomes)
        lines = list(story(tried, trial.menus, menu))
        for line in lines[shown:]:
            click.echo(printable(line))
        shown = len(lines)
        if tried.ended != ASKS:
            return tried
        typed = click.prompt(here("Keys"), default="-", show_default=False)
        try:
            Script(typed)
        except Complaint as problem:
            click.echo(complaint(problem), err=True)
        else:
            keys.append(typed)


def moment(text: str, zone: tzinfo) -> datetime:
    """
    What was typed, by the shop's clock.

    :raises Complaint: it is no moment
    """
    now = datetime.now(zone)
    if not text:
        return now
    for form in MOMENTS:
        try:
            found = datetime.strptime(text, form)
        except ValueError:
            continue
        day = now.date() if form == "%H:%M" else found.date()
        return datetime.combine(day, found.time(), zone)
    raise Complaint("{typed} is no moment; write 2027-02-06 18:40 or 18:40", typed=repr(text))


def _outcome(text: str, known: Known) -> tuple[str, str]:
    target, equals, outcome = text.partition("=")
    if not equals:
        raise Complaint("{typed}: write as queue operator=no_agent", typed=repr(text))
    return read_outcome(target, outcome, known)


# In words


def story(tried: Outcome, menus: Mapping[str, IMenu], menu: str) -> Iterator[str]:
    """What happened, a line each; what callers hear in the other language too, as far as it is written down."""
    step: Step | None = None
    handed = None
    for heard in tried.trace:
        if heard.kind == "reply" or (heard.kind == "target" and heard.data["target"] == handed):
            continue  # told when it was done
        handed = f"plugin {heard.data['name']}" if heard.kind == "plugin" else heard.data.get("target", handed)
        if heard.kind == "step":
            step = _step(menus.get(str(heard.data["menu"]), menus[menu]), str(heard.data["step"]))
        yield f"{_clock(heard.at_s)} {_words(heard, step, menus)}"


def _step(menu: IMenu, name: str) -> Step | None:
    return menu.written.steps.get(name) if isinstance(menu, FileMenu) else None


def _words(heard: Heard, step: Step | None, menus: Mapping[str, IMenu]) -> str:
    data = heard.data
    if heard.kind == "said":
        return _said(heard, step)
    if heard.kind == "step" and step is not None:
        menu = menus[str(data["menu"])]
        assert isinstance(menu, FileMenu)
        return f"{step.name} ({menu.path.name}:{step.line})"
    if heard.kind == "branch":
        return "  " + " ".join(str(data[key]) for key in ("taken", "why") if data[key])
    if heard.kind == "plugin":
        return f"  → plugin {data['name']}"
    if heard.kind in ("handed", "target"):
        return f"  → {data['target']} {data['outcome']}".rstrip()
    if heard.kind == "saved":
        return f"  {data['name']} = {data['value']}"
    return "  " + {"keys": here("key {keys}", keys=str(data.get("keys"))), "silence": here("silence")}.get(
        heard.kind, " ".join([heard.kind, *map(str, data.values())])
    )


def _said(heard: Heard, step: Step | None) -> str:
    """A text of the menu's own, or of recorded prompts, in the caller's language and in the other one."""
    texts, other = heard.data["texts"], heard.data["other"]
    assert isinstance(texts, list)
    assert isinstance(other, list)
    said = step.text.said if isinstance(step, Say | Choice | Digits | Go) else {}
    for pieces in said.values():
        if any(piece in texts for piece in pieces):
            other = [
                f"{{{one}}}" if isinstance(one, Slot) else one for of in said.values() for one in of if of != pieces
            ]
            break
    is_told = other != texts and any(one != LEFT_OUT for one in other)
    return f"  “{' '.join(texts)}”" + (f" ({' '.join(other)})" if is_told else "")


def ending(tried: Outcome, *, kept: bool = False) -> str:
    """Where it ends, and what the database would have done."""
    rows = ", ".join(f"{table} {n}" for table, n in sorted(tried.changes.items()))
    ends = here("Ends: {ended}.", ended=here(ENDINGS.get(tried.ended, tried.ended)))
    done = here("Database: {rows}; kept.", rows=rows) if kept else here("Database: {rows}; rolled back.", rows=rows)
    return f"{ends} {done}" if rows else ends


def _clock(at_s: float) -> str:
    return f"{int(at_s) // 60}:{int(at_s) % 60:02}"
