"""
A day of a shop as its server has told it in a rehearsal, and copies of it, until they are a million calls.

One day of a shop with four agents is rehearsed on virtual time: real menus, queue, talks, holds, wrap-up, pauses,
orders, callers who give up. A copy is the same day, shifted in time to another date, as another branch with its own
lines and staff numbers has it, a few minutes later; its callers have other numbers, some of whom call again on another
day. So a year of many branches has the calls of one big shop. What copies cannot give is chance: every day is as busy
as the other.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from callserver.features.recordings.tables import CALLER
from callserver.features.statistics.folding.fold import OF_SEATS, SEAT
from callserver.features.statistics.folding.happenings import ANYWHERE, HEARD
from callserver.features.statistics.folding.told import Opened, Told
from callserver.store.tables import to_ms

TOP = Path(__file__).parents[1]
SCRIPT = """
[rehearsal]
seed = {seed}
visits = {visits}
byte_modems = 0
deliver = 1000
[line 1-20]
device = emulated
[agents]
seats = 4
[callers shoppers]
per_hour = 240
patience_s = 60-240
wants_person = 0.5
[agent 801]
pauses = 0.1
[agent 802]
holds = 0.2
[agent 803]
[agent 804]
"""
N_LINES, DAY_MS, LATER_MS = 20, 86_400_000, 7 * 60_000
DAYS, FIRST = 365, datetime(2025, 1, 1, tzinfo=UTC)
CALLERS = 300_000


@dataclass(frozen=True)
class Copy:
    """
    Of the day, which is copy 0.

    :param shift_ms: so much later
    :param names: what of the day's staff, seats, lines and calls is called otherwise
    """

    n: int
    shift_ms: int
    names: dict[str, str]

    def named(self, value: Any) -> Any:
        """Whatever stands in an event or a row, as it does in this copy."""
        if isinstance(value, str):
            return self.names.get(value, value)
        if isinstance(value, dict):
            return {key: self.named(one) for key, one in value.items()}
        return [self.named(one) for one in value] if isinstance(value, list) else value

    def number(self, number: str) -> str:
        """A caller's."""
        return f"139{(int(number[-8:]) + 104_729 * self.n) % CALLERS:08}" if number.isdecimal() else number


@dataclass(frozen=True)
class Day:
    """
    What is in the database of a rehearsed day.

    :param told: the events that a report is made of, in order
    :param opened: its calls
    :param recordings: rows of their index, by columns; `tags`: of each recording, by its number
    """

    told: list[Told]
    opened: dict[str, Opened]
    recordings: list[dict[str, Any]]
    tags: dict[int, list[tuple[str, str]]]

    @classmethod
    def of(cls, connection: sqlite3.Connection) -> Day:
        """:param connection: to a shop's database"""
        database = connection.cursor()
        database.row_factory = sqlite3.Row
        calls = database.execute("SELECT * FROM calls ORDER BY started_ms").fetchall()
        opened = {
            row["id"]: Opened(row["direction"], row["channel"], row["caller_number"] or "", row["started_ms"])
            for row in calls
        }
        told = [one for one in map(_told, database.execute("SELECT * FROM events ORDER BY seq")) if _counts(one)]
        recordings = [dict(row) for row in database.execute("SELECT * FROM recordings ORDER BY number")]
        tags: dict[int, list[tuple[str, str]]] = {}
        for row in database.execute("SELECT * FROM recording_tags ORDER BY id"):
            tags.setdefault(row["number"], []).append((row["kind"], row["value"]))
        return cls(told, opened, recordings, tags)

    @cached_property
    def _staff(self) -> set[str]:
        return {one.person for one in self.told if one.person and one.person.isdecimal()}

    def copy(self, n: int, n_branches: int) -> Copy:
        """The nth: day after day, and each day branch after branch."""
        day, branch = divmod(n, n_branches)
        first_ms = min(one.started_ms for one in self.opened.values())
        shift_ms = to_ms(FIRST) - first_ms // DAY_MS * DAY_MS + day * DAY_MS + branch * LATER_MS
        names = {call: f"{n:x}-{call}" for call in self.opened}
        for number in self._staff if branch else ():
            other = f"{number[0]}{branch:02}{number[1:]}"
            names |= {number: other, f"{SEAT}{number}": f"{SEAT}{other}"}
        names |= {f"line {line}": f"line {line + N_LINES * branch}" for line in range(1, N_LINES + 1)}
        return Copy(n, shift_ms, names)

    def events(self, copy: Copy) -> Iterator[Told]:
        """All of a copy's, of one run of the server."""
        for one in self.told:
            data = copy.named(one.data)
            if data.get("number"):
                data["number"] = copy.number(data["number"])
            yield replace(
                one,
                run="year",
                at_ms=one.at_ms + copy.shift_ms,
                mono_ms=one.mono_ms + copy.shift_ms,
                call_id=copy.named(one.call_id),
                channel=copy.named(one.channel),
                person=copy.named(one.person),
                data=data,
            )

    def calls(self, copy: Copy) -> dict[str, Opened]:
        """Its records."""
        return {
            copy.names[call]: Opened(
                one.direction, copy.named(one.channel), copy.number(one.number), one.started_ms + copy.shift_ms
            )
            for call, one in self.opened.items()
        }

    def recorded(self, copy: Copy) -> Iterator[tuple[dict[str, Any], list[tuple[str, str]]]]:
        """Its recordings as their index has them, and what each is tagged with."""
        for row in self.recordings:
            moved = {key: copy.named(value) for key, value in row.items() if key != "number"}
            moved |= {key: f"{copy.n:x}-{row[key]}" for key in ("file", "kept_as")}
            moved["started_ms"] += copy.shift_ms
            moved["caller"] = row["caller"] and copy.number(row["caller"])
            tags = [(kind, copy.named(value)) for kind, value in self.tags.get(row["number"], ())]
            yield moved, [(kind, copy.number(value) if kind == CALLER else value) for kind, value in tags]


def rehearsed(folder: Path, visits: int, seed: int) -> Day:
    """Rehearsed now; a second and a half of a processor for each visit. A day that lies there is taken as it is."""
    database = folder / "shop" / "callserver.db"
    if not database.exists():
        folder.mkdir(parents=True, exist_ok=True)
        script = folder / "day.ini"
        script.write_text(SCRIPT.format(visits=visits, seed=seed), "utf-8")
        command = [sys.executable, "-m", "callserver", "rehearse", str(script), "--json", "--out", str(folder)]
        environment = os.environ | {"PYTHONPATH": str(TOP), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    with closing(sqlite3.connect(database)) as connection:
        return Day.of(connection)


def branches(n_copies: int) -> int:
    """So many that all copies are in one year."""
    return -(-n_copies // DAYS)


def _told(row: Any) -> Told:
    run, at_ms, mono_ms = str(row["uid"]).partition("-")[0], row["at_ms"], round(row["uptime_s"] * 1000)
    return Told(
        run, at_ms, mono_ms, row["kind"], row["call_id"], row["channel"], row["person"], json.loads(row["data"])
    )


def _counts(one: Told) -> bool:
    """Whether it changes any figure: what does not is most of a log, and is passed over in no time."""
    of_seats = one.kind in OF_SEATS and (one.channel or "").startswith(SEAT)
    return of_seats or one.kind in ANYWHERE or (one.call_id is not None and one.kind in HEARD)
