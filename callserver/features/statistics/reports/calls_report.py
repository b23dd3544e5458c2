"""Calls, whatever became of them; sales beside them; what menus, offices and callers' points come to."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from callserver.features.statistics.folding.calls import MISSED, SELF_SERVICE, TALKED, TO_CALL
from callserver.features.statistics.metrics import ratio
from callserver.features.statistics.reports import tallying
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.intervals import LABELS
from callserver.features.statistics.reports.names import by_name, caller_names, goods_names, natural, row_name
from callserver.features.statistics.reports.table import Code, Column, Figure, Table, Unit, Value, drawn
from callserver.features.statistics.reports.waits_report import BY
from callserver.store.tables import from_ms
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase

CALLS_BY = {name: BY[name] for name in ("line", "queue", "agent", "hour", "day", "month", "time", "weekday")} | {
    "menu": N_("menu")
}
SALES_BY = {name: BY[name] for name in ("hour", "day", "month", "time", "weekday")} | {
    "product": N_("product"),
    "seller": N_("seller"),
}
OFFICES_BY = {"office": N_("office")} | {name: BY[name] for name in ("hour", "day", "month", "time", "weekday")}
SELF_SERVED = N_(
    "self-service: a transaction or an answer in the menu, nobody asked for a person; of calls with a menu"
)


def calls(ask: Ask) -> Table:
    """By line, menu, interval ...; without, all together with the share of those who call again."""
    found = tallying.results(ask)
    if not ask.by:
        return _calls_summary(ask, found.get("", Counter()))
    columns = (
        Column(CALLS_BY[ask.by], Unit.WORD),
        Column(N_("in")),
        drawn(N_("talked")),
        drawn(N_("self-service")),
        drawn(N_("to call")),
        drawn(N_("missed")),
        drawn(N_("other")),
        Column(N_("out")),
        Column(N_("reached")),
        Column(N_("self-service"), Unit.SHARE),
    )
    rows = [(row_name(ask.by, name), *_results(of)) for name, of in sorted(found.items(), key=by_name)]
    total: Counter[str] = sum(found.values(), Counter())
    whole = (Phrase(N_("total")), *_results(total)) if rows else None
    return Table(Phrase(N_("Calls")), columns, rows, whole, (Phrase(SELF_SERVED),), by=CALLS_BY[ask.by])


def _results(of: Counter[str]) -> tuple[Value, ...]:
    known = [of[f"in {result}"] for result in (TALKED, SELF_SERVICE, TO_CALL, MISSED)]
    return (
        of["in"],
        *known,
        of["in"] - sum(known),
        of["out"],
        of["out reached"],
        ratio(of[f"in {SELF_SERVICE}"], of["menu"]),
    )


def _calls_summary(ask: Ask, of: Counter[str]) -> Table:
    callers, further = tallying.repeats(ask)
    names = (
        N_("calls in"),
        N_("talked with a person"),
        N_("self-service"),
        N_("want to be called"),
        N_("missed"),
        N_("other"),
        N_("calls out"),
        N_("reached"),
        N_("self-service rate"),
    )
    rows: list[tuple[Value, ...]] = [
        (Phrase(name), Figure(value, Unit.SHARE if n == len(names) - 1 else Unit.COUNT))  # type: ignore[arg-type]
        for n, (name, value) in enumerate(zip(names, _results(of), strict=True))
    ]
    rows.append((Phrase(N_("callers with a number")), Figure(callers, Unit.COUNT)))
    again = Phrase(N_("call again within {n} days"), {"n": ask.repeat_days})
    rows.append((again, Figure(ratio(further, callers), Unit.SHARE)))
    columns = (Column(N_("metric"), Unit.WORD), Column(N_("value")))
    return Table(Phrase(N_("Calls")), columns, rows, notes=(Phrase(SELF_SERVED),))


def sales(ask: Ask) -> Table:
    """Orders by product, seller or interval; beside an interval's its calls."""
    by = ask.by or "day"
    if by not in LABELS:
        return _products(ask) if by == "product" else _sellers(ask)
    found = tallying.counts(ask, "order", by)
    came = {name: of["in"] for name, of in tallying.results(replace(ask, by=by)).items()}
    columns = (
        Column(SALES_BY[by], Unit.WORD),
        Column(N_("calls in")),
        drawn(N_("orders")),
        Column(N_("orders a call"), Unit.SHARE),
        Column(N_("sales"), Unit.FEN),
    )
    names = sorted(found.keys() | came.keys(), key=natural)
    rows = [_sold(row_name(by, name), came.get(name, 0), *found.get(name, (0, 0))) for name in names]
    total = _sold(Phrase(N_("total")), sum(came.values()), *_sums(found)) if rows else None
    return Table(Phrase(N_("Sales")), columns, rows, total, by=SALES_BY[by])


def _sold(name: str | Phrase | Code, n_calls: int, n: int, fen: int) -> tuple[Value, ...]:
    return name, n_calls, n, ratio(n, n_calls), fen


def _sums(found: tallying.Counts) -> tuple[int, int]:
    return sum(n for n, _ in found.values()), sum(amount for _, amount in found.values())


def _sellers(ask: Ask) -> Table:
    """Who sold: an agent, a menu; nobody of both is another program or an admin."""
    found = tallying.counts(ask, "order", "whose")
    columns = (Column(SALES_BY["seller"], Unit.WORD), drawn(N_("orders")), Column(N_("sales"), Unit.FEN))
    rows = [(row_name("seller", name), *sold) for name, sold in sorted(found.items(), key=by_name)]
    total = (Phrase(N_("total")), *_sums(found)) if rows else None
    return Table(Phrase(N_("Sales")), columns, rows, total, by=SALES_BY["seller"])


def _products(ask: Ask) -> Table:
    columns = (
        Column(N_("product"), Unit.WORD),
        Column(N_("name"), Unit.WORD),
        drawn(N_("sold")),
        Column(N_("reserved")),
        Column(N_("sales"), Unit.FEN),
    )
    sold, reserved = tallying.counts(ask, "product", "whose"), tallying.counts(ask, "reserved", "whose")
    names = goods_names()
    rows: list[tuple[Value, ...]] = []
    n_sold = n_reserved = sum_fen = 0
    for number in sorted(sold.keys() | reserved.keys(), key=natural):
        (n, fen), (n_wanted, _) = sold.get(number, (0, 0)), reserved.get(number, (0, 0))
        rows.append((number, names.get(number, ""), n, n_wanted, fen))
        n_sold, n_reserved, sum_fen = n_sold + n, n_reserved + n_wanted, sum_fen + fen
    total = (Phrase(N_("total")), "", n_sold, n_reserved, sum_fen) if rows else None
    return Table(Phrase(N_("Sales")), columns, rows, total, by=SALES_BY["product"])


def steps(ask: Ask) -> Table:
    """Steps of menu files: visits, where callers hang up, which inputs did not fit; `ask.only` is one menu."""
    columns = (
        Column(N_("step"), Unit.WORD),
        drawn(N_("times")),
        drawn(N_("hung up")),
        Column(N_("wrong")),
        Column(N_("silent")),
        Column(N_("hung up"), Unit.SHARE),
    )
    kinds = {
        which: tallying.counts(ask, "step", "whose", which=(which,)) for which in ("visits", "left", "wrong", "silence")
    }
    names = sorted({name for one in kinds.values() for name in one})
    rows: list[tuple[Value, ...]] = []
    for name in names:
        if not ask.only or name.startswith(f"{ask.only}."):
            visits, left, wrong, silence = (kinds[which].get(name, (0, 0))[0] for which in kinds)
            rows.append((name, visits, left, wrong, silence, ratio(left, visits)))
    return Table(Phrase(N_("Steps of menus")), columns, rows)


def offices(ask: Ask) -> Table:
    """Faults passed on: attempts by office or interval, and how many were reached; `ask.only` is one office."""
    by = ask.by or "office"
    columns = (
        Column(OFFICES_BY[by], Unit.WORD),
        drawn(N_("tried")),
        drawn(N_("reached")),
        Column(N_("reached"), Unit.SHARE),
    )
    key = "whose" if by == "office" else by
    tried = tallying.counts(ask, "office", key, whose=ask.only)
    reached = tallying.counts(ask, "office", key, whose=ask.only, which=("answered",))
    rows = []
    for name, (n, _) in sorted(tried.items(), key=by_name):
        n_reached = reached.get(name, (0, 0))[0]
        rows.append((row_name(by, name), n, n_reached, ratio(n_reached, n)))
    return Table(Phrase(N_("Faults passed on to offices")), columns, rows, by=OFFICES_BY[by])


def ratings(ask: Ask) -> Table:
    """Points callers gave after the talk, by agent, queue or interval; `ask.only` is one agent."""
    by = ask.by or "agent"
    found = tallying.counts(ask, "rating", {"agent": "whose", "queue": "which"}.get(by, by), whose=ask.only)
    columns = (Column(BY[by], Unit.WORD), drawn(N_("ratings")), Column(N_("mean points"), Unit.NUMBER))
    rows = [(row_name(by, name), n, ratio(points, n)) for name, (n, points) in sorted(found.items(), key=by_name)]
    n, points = sum(n for n, _ in found.values()), sum(points for _, points in found.values())
    return Table(
        Phrase(N_("Ratings by callers")), columns, rows, (Phrase(N_("total")), n, ratio(points, n)) if rows else None
    )


def callbacks(ask: Ask) -> Table:
    """What came of callers who wanted to be called back: one line an end, and the tries that reached nobody."""
    columns = (Column(N_("outcome"), Unit.WORD), drawn(N_("times")))
    found = dict(tallying.counts(ask, "called_back", "which", whose=ask.only))
    known = [(Phrase(words), found.pop(which, (0, 0))[0]) for which, words in CALLED_BACK.items()]
    in_vain = sum(n for n, _ in found.values())
    rows = [*known, (Phrase(N_("tries in vain")), in_vain)] if in_vain or any(n for _, n in known) else []
    return Table(Phrase(N_("Call-backs")), columns, rows)


CALLED_BACK = {
    "answered": N_("reached"),
    "called_again": N_("has called again himself"),
    "given_up": N_("given up after all tries"),
}


def doors(ask: Ask) -> Table:
    """Callers who were not let into a queue, and why."""
    columns = (Column(N_("reason"), Unit.WORD), drawn(N_("calls")))
    found = tallying.counts(ask, "door", "which", whose=ask.only)
    if not ask.only:
        found = {which: one for which in found if (one := _shop_door(ask, which))[0]}
    return Table(
        Phrase(N_("Not let into a queue")),
        columns,
        [(Phrase(DOORS[which]), n) for which, (n, _) in sorted(found.items(), key=by_name)],
    )


DOORS = {
    "closed": N_("closed"),
    "no_agent": N_("nobody logged in"),
    "full": N_("queue full"),
    "diverted": N_("wait too long"),
}


def _shop_door(ask: Ask, which: str) -> tuple[int, int]:
    return tallying.counts(ask, "door", "whose", which=(which,)).get("", (0, 0))


def missed(ask: Ask) -> Table:
    """Who was missed and not served since; a line goes by itself when he is reached, or calls again and is served."""
    columns = (
        Column(N_("number"), Unit.WORD),
        Column(N_("last"), Unit.WORD),
        Column(N_("times")),
        Column(N_("wants to be called")),
        Column(N_("queue"), Unit.WORD),
        Column(N_("why"), Unit.WORD),
        Column(N_("name"), Unit.WORD),
    )
    found = tallying.missed(ask)
    names = caller_names([one.number for one in found])
    rows = [
        (
            one.number,
            f"{from_ms(one.last_ms).astimezone(ask.zone):%Y-%m-%d %H:%M}",
            one.n,
            one.to_call,
            one.queue,
            Code(one.why) if one.why else Phrase(N_("not let in, or hung up in the menu")),
            names.get(one.number, ""),
        )
        for one in found
    ]
    return Table(Phrase(N_("Missed calls, not called back yet")), columns, rows)
