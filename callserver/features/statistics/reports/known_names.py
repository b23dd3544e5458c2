"""Whether there is, or ever was, what a report is asked for alone: a slip of the hand is no empty report."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from callserver.acd.organisation.staff_tables import StaffRow
from callserver.acd.organisation.tables import QueueRow
from callserver.features.statistics.reports.counting import rows_of
from callserver.features.statistics.tables import AccountStat, CountStat, WaitStat
from callserver.wire.catalogue import N_, Complaint

NEAR, SHOWN = 0.5, 5


def check_known(kind: str, name: str) -> None:
    """
    Run where the database can be read.

    :param kind: "queue", "agent", "menu", "office"
    :param name: "" is all of them
    :raises Complaint: there are neither such a one nor figures of it
    """
    if not name or name in (names := KNOWN[kind]()) or _has_figures(kind, name):
        return
    near = ", ".join((get_close_matches(name, names, SHOWN, NEAR) or names)[:SHOWN]) or "–"
    raise Complaint(UNKNOWN[kind], name=name, near=near)


UNKNOWN = {
    "queue": N_("there is no queue {name}; there is {near}"),
    "agent": N_("there is no agent {name}; there is {near}"),
    "menu": N_("there are no figures of a menu {name}; there are some of {near}"),
    "office": N_("there are no figures of an office {name}; there are some of {near}"),
}


def _queues() -> list[str]:
    return _first(QueueRow.select(QueueRow.name).order_by(QueueRow.position))


def _staff() -> list[str]:
    return _first(StaffRow.select(StaffRow.number).order_by(StaffRow.number))


def _menus() -> list[str]:
    """Of menu files: those that have steps."""
    return list(dict.fromkeys(step.partition(".")[0] for step in _counted("step")))


def _offices() -> list[str]:
    return _counted("office")


def _counted(what: str) -> list[str]:
    c = CountStat
    return _first(c.select(c.whose).where(c.what == what).distinct().order_by(c.whose))


def _first(query: Any) -> list[str]:
    return [str(row[0]) for row in rows_of(query)]


KNOWN = {"queue": _queues, "agent": _staff, "menu": _menus, "office": _offices}


def _has_figures(kind: str, name: str) -> bool:
    """Of one that is gone."""
    if kind == "agent":
        return bool(AccountStat.select().where(AccountStat.agent == name).exists())
    if kind == "queue":
        doors = CountStat.select().where(CountStat.what == "door", CountStat.whose == name)
        return bool(WaitStat.select().where(WaitStat.queue == name).exists() or doors.exists())
    return False
