"""What `callserver lines` says, in 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from callserver.commands.status_words import sentence
from callserver.wire.catalogue import N_, plural, text
from callserver.wire.cells import column, cut, printable
from callserver.wire.states import LineState
from callserver.wire.words import state_text

TITLES = ((N_("line"), 5), (N_("state"), 14), (N_("menu"), 18), (N_("version"), 13), (N_("since"), 12))
NOT_ENABLED = N_("not enabled")


def lines_report(rows: Sequence[dict[str, Any]], language: str) -> Iterator[str]:
    """A line each, and how many calls are on an older version than the next ones will have."""
    yield "".join(column(text(language, title), wide) for title, wide in TITLES).rstrip()
    for row in rows:
        yield _row(row, language)
    older = sum(bool(row.get("older")) for row in rows)
    if older:
        yield plural(language, "{n} call on an older version", "{n} calls on an older version", older)


def _row(row: dict[str, Any], language: str) -> str:
    state = state_text(LineState[row["state"]].value, language) if row["state"] else "–"
    said = [sentence(note, language) for note in row.get("notes", ())]
    if row.get("draining"):
        said.append(text(language, "takes no more calls"))
    elif not row["enabled"] and row["state"] not in (LineState.LOADED.name, LineState.NOT_LOADED.name):
        said.append(text(language, NOT_ENABLED))
    since = (row.get("loaded") or "")[5:16].replace("T", " ")
    entries = (str(row["line"]), state, row["menu"] or "–", row["version"], since)
    shown = (column(cut(entry, wide - 1), wide) for entry, (_, wide) in zip(entries, TITLES, strict=True))
    return printable("".join(shown) + "; ".join(said)).rstrip()
