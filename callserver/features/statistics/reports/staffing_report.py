"""What if: so many agents an hour by Erlang C from the shop's own hours, and its own days played again with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from callserver.features.statistics import metrics
from callserver.features.statistics.folding.told import OF_BOTH, OF_QUEUE, OF_SHOP
from callserver.features.statistics.folding.waits import ANSWERED
from callserver.features.statistics.metrics import Counted, ratio
from callserver.features.statistics.reports import counting
from callserver.features.statistics.reports.asking import Ask
from callserver.features.statistics.reports.table import Column, Table, Unit, Value, drawn
from callserver.features.statistics.staffing import erlang
from callserver.features.statistics.staffing.replay import Arrival, replay
from callserver.features.statistics.tables import WaitStat
from callserver.store.tables import from_ms
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.messages import Phrase

REPLAY_DAYS_MAX = 31
AROUND = 2  # so many agents fewer and more are played too
ERLANG = N_("Erlang C: talks of exponential length, nobody gives up; calls of an hour are the mean of its days")
REPLAYED = N_("played again: who gave up then has that much patience, the others wait; agents serve all queues all day")


def report(ask: Ask) -> Sequence[Table]:
    """Both, with as many agents as are asked for."""
    return [hours(ask), replayed(ask)]


def hours(ask: Ask) -> Table:
    """By the time of day: what Erlang's formula says of so many, and how many it wants."""
    by_time = counting.waits(replace(ask, by="time"))
    by_day = counting.waits(replace(ask, by="day"))
    columns = (
        Column(N_("hour"), Unit.WORD),
        Column(N_("calls an hour"), Unit.NUMBER),
        Column(N_("AHT"), Unit.SECONDS),
        Column(N_("erlangs"), Unit.NUMBER),
        drawn(N_("agents wanted")),
        Column(N_("wait"), Unit.SHARE),
        Column(N_("ASA"), Unit.SECONDS),
        Column(N_("in time"), Unit.SHARE),
    )
    together = Counted()
    for one in by_time.values():
        together.add(one)
    mean_s = metrics.aht_s(together)
    rows = [_hour(name, one, len(by_day), ask, mean_s) for name, one in by_time.items()]
    about: dict[str, str | int] = {
        "n": ask.n_agents,
        "target": f"{100 * ask.target:g}",
        "within_s": f"{ask.within_s:g}",
    }
    with_n = Phrase(N_("wait, ASA, in time: with {n} agents; wanted: for {target} % within {within_s} s"), about)
    return Table(Phrase(N_("Agents an hour by Erlang C")), columns, rows, notes=(with_n, Phrase(ERLANG)))


def _hour(name: str, c: Counted, n_days: int, ask: Ask, mean_s: float | None) -> tuple[Value, ...]:
    """An hour in which nobody was answered would have had talks as long as the others'."""
    calls, aht_s = c.entered / n_days, metrics.aht_s(c) or mean_s
    if not aht_s:
        return (name, calls, *(None,) * 6)
    load = calls / 3600 * aht_s
    return (
        name,
        calls,
        aht_s,
        load,
        erlang.needed(load, aht_s, ask.within_s, ask.target),
        erlang.waits(ask.n_agents, load),
        erlang.asa_s(ask.n_agents, load, aht_s),
        erlang.in_time(ask.n_agents, load, aht_s, ask.within_s),
    )


def replayed(ask: Ask) -> Table:
    """The days of before with a few numbers of agents."""
    columns = (
        Column(N_("agents"), Unit.WORD),
        Column(N_("came")),
        drawn(N_("answered")),
        drawn(N_("gave up")),
        Column(N_("in time"), Unit.SHARE),
        Column(N_("ASA"), Unit.SECONDS),
        Column(N_("longest"), Unit.SECONDS),
    )
    days = arrivals(ask)
    numbers = range(max(ask.n_agents - AROUND, 1), ask.n_agents + AROUND + 1)
    rows = [_played(ask, days, n) for n in numbers] if days else []
    return Table(Phrase(N_("The same days with so many agents")), columns, rows, notes=(Phrase(REPLAYED),))


def _played(ask: Ask, days: Sequence[Sequence[Arrival]], n_agents: int) -> tuple[Value, ...]:
    total = Counted()
    for day in days:
        total.add(replay(day, n_agents, within_s=ask.within_s, short_s=ask.short_s))
    level = metrics.SERVICE_LEVELS[ask.service_level](total)
    longest_s = total.longest_ms / 1000
    return str(n_agents), total.entered, total.answered, total.abandoned, level, metrics.asa_s(total), longest_s


def arrivals(ask: Ask) -> list[list[Arrival]]:
    """
    Callers of each day, in the order in which they came.

    :raises Complaint: too many days to be played again
    """
    w = WaitStat
    if ask.period.until_ms - ask.period.since_ms > REPLAY_DAYS_MAX * 86_500_000:
        raise Complaint("at most {n} days are played again", n=REPLAY_DAYS_MAX)
    scopes = (OF_QUEUE, OF_BOTH) if ask.only else (OF_SHOP, OF_BOTH)
    query = (
        w.select(w.entered_ms, w.queue, w.outcome, w.wait_ms, w.talk_ms + w.hold_ms + w.wrap_ms)
        .where(w.entered_ms >= ask.period.since_ms, w.entered_ms < ask.period.until_ms, w.scope.in_(scopes))
        .order_by(w.entered_ms, w.call_id)
    )
    if ask.only:
        query = query.where(w.queue == ask.only)
    rows = list(counting.rows_of(query))
    handled = [ms for *_, outcome, _, ms in rows if outcome in ANSWERED]
    mean_s = ratio(sum(handled) / 1000, len(handled)) or 0.0
    days: dict[object, list[Arrival]] = {}
    for entered_ms, queue, outcome, wait_ms, handled_ms in rows:
        handle_s = handled_ms / 1000 if outcome in ANSWERED else mean_s
        patience_s = wait_ms / 1000 if outcome == "abandoned" else None
        day = from_ms(entered_ms).astimezone(ask.zone).date()
        days.setdefault(day, []).append(Arrival(entered_ms / 1000, queue, handle_s, patience_s))
    return list(days.values())
