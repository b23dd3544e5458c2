"""Faxes as lines of lists, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from callserver.desktop.model import ShopModel
from callserver.desktop.presenters.clocks import moment
from callserver.wire.catalogue import N_, known, text
from callserver.wire.fax_results import BY_CODE
from callserver.wire.messages import ChannelRow
from callserver.wire.states import FaxPhase, LineState
from callserver.wire.words import code_text

Row = dict[str, Any]
FILE = "file"  # beside "document 7" and "fax ID": a file of this computer
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


def is_new(row: Row, seen: str) -> bool:
    """Whether it came after those that somebody has looked at."""
    return row["direction"] == "in" and bool(row["began"] > seen)


def fax_line(row: Row, seen: str, language: str) -> FaxLine:
    """:param seen: when the newest began that somebody has looked at"""
    came, new = row["direction"] == "in", is_new(row, seen)
    cells = (
        moment(row["began"]),
        text(language, CAME if came else WENT),
        row["number"] or row["remote_id"] or text(language, "withheld"),
        str(row["pages"]),
        (f"★ {text(language, N_('new'))} · " if new else "") + result_text(row["result"], language),
        row["person"] or "",
    )
    return FaxLine(row["fax"], cells, row["pages"], new, row["result"] is not None and row["pages"] > 0)


def job_line(row: Row, language: str) -> JobLine:
    """Of the queue."""
    state = (
        text(language, JOB_STATES[row["state"]]) if row["state"] in JOB_STATES else code_text(row["state"], language)
    )
    if row["result"] and row["state"] != "sent":
        state = f"{state} · {result_text(row['result'], language)}"
    pages = f"{row['pages_sent']}/{row['pages']}"
    return JobLine(row["job"], (moment(row["due"]), row["number"], row["title"], pages, state), row["state"] in WAITING)


def sources(documents: list[Row], faxes: list[Row], language: str) -> tuple[tuple[str, str], ...]:
    """What can be sent, as the server names it and in words: documents of the library, a file, faxes that came."""
    title = "title_zh" if language == "zh" else "title_en"
    library = [(f"document {one['number']}", f"{one['number']} {one[title]}") for one in documents]
    came = [
        (
            f"fax {row['fax']}",
            text(
                language,
                N_("Fax of {time} from {number}"),
                time=moment(row["began"]),
                number=row["number"] or row["remote_id"] or text(language, "withheld"),
            ),
        )
        for row in faxes
        if row["direction"] == "in" and row["pages"]
    ]
    return (*library, (FILE, text(language, N_("A file of this computer"))), *came)


def line_of_talk(model: ShopModel) -> ChannelRow | None:
    """That of whom he talks with."""
    call = model.seat.call
    lines = (row for row in model.rows.values() if row.channel.startswith("line "))
    return next((row for row in lines if call is not None and row.call_id == call.call_id), None)


def is_under_way(line: ChannelRow | None) -> bool:
    """Whether a fax is, or waits for an engine."""
    return line is not None and (line.sub == FaxPhase.WAIT.value or line.state == LineState.FAXING.name)
