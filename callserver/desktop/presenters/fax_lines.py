"""Faxes as lines of lists, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from callserver.desktop.presenters.clocks import moment
from callserver.wire.catalogue import N_, known, text
from callserver.wire.fax_results import BY_CODE
from callserver.wire.words import code_text

Row = dict[str, Any]
CAME, WENT = N_("received"), N_("sent")
JOB_STATES = {
    "waiting": N_("waits to be sent"),
    "under way": N_("is being sent"),
    "sent": N_("was sent"),
    "failed": N_("failed"),
    "cancelled": N_("was cancelled"),
}
WAITING = ("waiting", "under way")


@dataclass(frozen=True)
class FaxLine:
    """A fax that came or went; `cells`: time, which way, number, pages, result, whose."""

    fax: str
    cells: tuple[str, ...]
    pages: int
    is_new: bool
    may_open: bool


@dataclass(frozen=True)
class JobLine:
    """One that is sent by itself; `cells`: when, number, title, pages, state."""

    job: str
    cells: tuple[str, ...]
    may_cancel: bool


def result_text(result: str | None, language: str) -> str:
    """What came of a fax."""
    return known(language, BY_CODE.get(result or "", result or ""))


def fax_line(row: Row, seen: str, language: str) -> FaxLine:
    """:param seen: when the newest began that somebody has looked at"""
    came = row["direction"] == "in"
    is_new = came and row["began"] > seen
    cells = (
        moment(row["began"]),
        text(language, CAME if came else WENT),
        row["number"] or row["remote_id"] or text(language, "withheld"),
        str(row["pages"]),
        (f"★ {text(language, N_('new'))} · " if is_new else "") + result_text(row["result"], language),
        row["person"] or "",
    )
    return FaxLine(row["fax"], cells, row["pages"], is_new, row["result"] is not None and row["pages"] > 0)


def job_line(row: Row, language: str) -> JobLine:
    """Of the queue."""
    state = (
        text(language, JOB_STATES[row["state"]]) if row["state"] in JOB_STATES else code_text(row["state"], language)
    )
    if row["result"] and row["state"] != "sent":
        state = f"{state} · {result_text(row['result'], language)}"
    pages = f"{row['pages_sent']}/{row['pages']}"
    return JobLine(row["job"], (moment(row["due"]), row["number"], row["title"], pages, state), row["state"] in WAITING)
