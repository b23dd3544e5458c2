"""Agents: where their time went, what they did with it; and one agent's work sheet, whose accounts sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from callserver.features.statistics import metrics
from callserver.features.statistics.metrics import Worked, ratio
from callserver.features.statistics.reports import counting, tallying
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.names import by_name, staff_name
from callserver.features.statistics.reports.table import Code, Column, Figure, Table, Unit, Value, drawn
from callserver.features.statistics.reports.waits_report import BY
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase

BY_AGENT = ("agent", "hour", "day", "month")
OCCUPANCY = N_("occupancy: talk, hold and wrap-up of the time not paused; utilisation: of all time logged in")
BUSY = N_("busy: occupancy, talk, hold and wrap-up of the time not paused; used: utilisation, of all time logged in")


def report(ask: Ask) -> list[Table]:
    """Time, and of agents their calls too."""
    ask = replace(ask, by=ask.by or "agent")
    return [time_table(ask), *([work_table(ask)] if ask.by == "agent" else [])]


def time_table(ask: Ask) -> Table:
    """Accounts by agent or interval: the columns between sum to the time logged in, and the rows to the total."""
    found = counting.worked(ask)
    total = Worked()
    for one in found.values():
        total.add(one)
    columns = (
        Column(BY[ask.by], Unit.WORD),
        Column(N_("logged in"), Unit.SPAN),
        Column(N_("ready"), Unit.SPAN),
        Column(N_("paused"), Unit.SPAN),
        drawn(N_("talk"), Unit.SPAN),
        drawn(N_("hold"), Unit.SPAN),
        drawn(N_("wrap-up"), Unit.SPAN),
        Column(N_("rings, dials"), Unit.SPAN),
        Column(N_("busy share"), Unit.SHARE),
        Column(N_("used share"), Unit.SHARE),
    )
    spans = dict(zip(found, metrics.rows_of_seconds(map(_spans_ms, found.values())), strict=True))
    rows = [_time(name, one, spans[name]) for name, one in found.items()]
    # not rounded by itself: who adds up what he sees comes to it, too
    sums = [sum(column) for column in zip(*spans.values(), strict=True)]
    total_row = _time(Phrase(N_("total")), total, sums) if found else None
    return Table(Phrase(N_("Agents' time")), columns, rows, total_row, (Phrase(BUSY),), by=BY[ask.by])


def _spans_ms(w: Worked) -> tuple[int, ...]:
    return w.ready, w.paused, w.talking, w.held, w.wrap_up, w.ringing + w.dialling + w.listening


def _time(name: str | Phrase, w: Worked, spans: Sequence[int]) -> tuple[Value, ...]:
    return (name, sum(spans), *spans, metrics.occupancy(w), metrics.utilisation(w))


def work_table(ask: Ask) -> Table:
    """What each did."""
    columns = (
        Column(N_("agent"), Unit.WORD),
        Column(N_("offered")),
        drawn(N_("answered")),
        drawn(N_("missed")),
        Column(N_("passed on")),
        Column(N_("own calls")),
        Column(N_("ATT"), Unit.SECONDS),
        Column(N_("AHT"), Unit.SECONDS),
        Column(N_("rating"), Unit.NUMBER),
        Column(N_("orders")),
        Column(N_("sales"), Unit.FEN),
    )
    done = _done(ask)
    rows = [(agent, *_work(of)) for agent, of in sorted(done.items(), key=by_name)]
    total: Counter[str] = sum(done.values(), Counter())
    return Table(Phrase(N_("Agents' work")), columns, rows, (Phrase(N_("total")), *_work(total)) if rows else None)


def _done(ask: Ask) -> dict[str, Counter[str]]:
    """Of those who were logged in, whatever they did: one may sell to somebody who stands before him."""
    done: dict[str, Counter[str]] = {agent: Counter() for agent in counting.worked(replace(ask, by="agent"))}
    for agent, of in tallying.parts(ask).items():
        done.setdefault(agent, Counter()).update(of)
    for what, which in (("offered", ()), ("answered", ()), ("missed", ("missed",)), ("rating", ()), ("order", ())):
        for agent, (n, amount) in tallying.counts(ask, what, "whose", whose=ask.only, which=which).items():
            if what != "order" or agent in done:  # else a menu's
                done.setdefault(agent, Counter()).update({f"n {what}": n, f"amount {what}": amount})
    done.pop("", None)
    return done


def _work(of: Counter[str]) -> tuple[Value, ...]:
    n = of["queued n"]
    handled_ms = of["queued talk"] + of["queued hold"] + of["queued wrap"]
    return (
        of["n offered"],
        of["n answered"],
        of["n missed"],
        of["transferred"],
        of["n"] - n,
        ratio(of["queued talk"] / 1000, n),
        ratio(handled_ms / 1000, n),
        ratio(of["amount rating"], of["n rating"]),
        of["n order"],
        of["amount order"],
    )


def sheet(ask: Ask) -> Table:
    """One agent's; `ask.only` says whose."""
    worked = counting.worked(replace(ask, by="")).get("", Worked())
    rows = [(Phrase(name), value) for name, value in _sheet(ask, worked)]
    columns = (Column(N_("account"), Unit.WORD), Column(N_("value")))
    title = Phrase(N_("Work sheet of agent {agent}"), {"agent": f"{ask.only} {staff_name(ask.only)}".rstrip()})
    return Table(title, columns, rows, notes=(Phrase(OCCUPANCY),))


ACCOUNTS = {
    "ready": N_("ready"),
    "paused": N_("paused"),
    "wrap_up": N_("wrap-up"),
    "ringing": N_("ringing"),
    "dialling": N_("dialling"),
    "talking": N_("talking"),
    "held": N_("caller held"),
    "listening": N_("listening to others"),
}


def _sheet(ask: Ask, worked: Worked) -> Iterator[tuple[str, Value]]:
    yield (
        N_("times logged in"),
        Figure(tallying.counts(ask, "log_in", "", whose=ask.only).get("", (0, 0))[0], Unit.COUNT),
    )
    for name, seconds in _accounts(worked).items():
        yield ACCOUNTS[name], Figure(seconds, Unit.SPAN)
    yield N_("together: logged in"), Figure(round(worked.logged_in / 1000), Unit.SPAN)
    yield N_("occupancy"), Figure(metrics.occupancy(worked), Unit.SHARE)
    yield N_("utilisation"), Figure(metrics.utilisation(worked), Unit.SHARE)
    work = _work(_done(ask).get(ask.only, Counter()))
    names = (
        (N_("offered"), Unit.COUNT),
        (N_("answered"), Unit.COUNT),
        (N_("missed"), Unit.COUNT),
        (N_("passed on"), Unit.COUNT),
        (N_("own calls"), Unit.COUNT),
        (N_("average talk time"), Unit.SECONDS),
        (N_("average handle time"), Unit.SECONDS),
        (N_("rating"), Unit.NUMBER),
        (N_("orders"), Unit.COUNT),
        (N_("sales"), Unit.FEN),
    )
    for (words, unit), value in zip(names, work, strict=True):
        yield words, Figure(value, unit)  # type: ignore[arg-type]


def pause_table(ask: Ask) -> Table:
    """For what agents paused."""
    columns = (Column(N_("agent"), Unit.WORD), Column(N_("reason"), Unit.WORD), drawn(N_("paused"), Unit.SPAN))
    found, rows = counting.pauses(ask), list[tuple[Value, ...]]()
    for agent, worked in counting.worked(replace(ask, by="agent")).items():
        reasons = sorted(reason for whose, reason in found if whose == agent)
        parts_ms = [found[agent, reason] for reason in reasons]
        seconds = metrics.whole_seconds(parts_ms, _accounts(worked)["paused"])
        rows += [(agent, Code(reason), spent_s) for reason, spent_s in zip(reasons, seconds, strict=True)]
    return Table(Phrase(N_("Pauses by reason")), columns, rows)


def _accounts(worked: Worked) -> dict[str, int]:
    """In whole seconds that sum."""
    spans = metrics.whole_seconds([getattr(worked, name) for name in ACCOUNTS])
    return dict(zip(ACCOUNTS, spans, strict=True))
