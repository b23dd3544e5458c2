"""
One report, in a process of its own: a year's figures take a second of a processor, and the telephone none of it.

Reads a task from its input, writes the answer to its output: JSON for tables, else the octets of a file. What cannot be
done is a complaint, as JSON with its sentence; its exit code says so.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from callserver.config import ServerConfig
from callserver.features.statistics import keeping
from callserver.features.statistics.reports import day
from callserver.features.statistics.reports.known_names import check_known
from callserver.features.statistics.reports.named import REPORTS
from callserver.features.statistics.reports.plain import plain
from callserver.features.statistics.reports.sheet import sheet_of
from callserver.features.statistics.reports.table import Table
from callserver.features.statistics.request import CHARTS, DAY, Request
from callserver.store import tables
from callserver.store.opening import database_at, is_sqlite
from callserver.store.sheets.csv_sheets import write_csv
from callserver.wire.catalogue import N_, Complaint

SECONDS_MAX = 120
NICE = 10
PATIENCE_S = 10.0  # so long a lock of the server's is waited for
PIECE = 500  # events of one transaction, for which the server waits
COMPLAINS = 3  # as an exit code


@dataclass(frozen=True)
class Task:
    """
    :param where: the database
    :param country: whose numbers are written in it
    :param time_zone: the shop's, as it is set
    :param name: the shop's, on its sheet
    """

    where: str
    country: str
    time_zone: str
    name: str
    request: dict[str, Any]


def ask_child(task: Task) -> Any:
    """
    What the child answers: a list of tables, or the octets of a file. Waits for it: in a thread.

    :raises Complaint: what it complains of, or that it took too long
    """
    environment = {
        "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path),
        "PATH": os.environ.get("PATH", ""),
        "HOME": os.environ.get("HOME", ""),
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "callserver.features.statistics.child"]
    given = json.dumps(asdict(task)).encode()
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=SECONDS_MAX, env=environment)
    except subprocess.TimeoutExpired:
        raise Complaint(N_("the report takes more than {seconds} s"), seconds=SECONDS_MAX) from None
    if done.returncode == COMPLAINS:
        answer = json.loads(done.stdout)
        raise Complaint(str(answer["complaint"]), **answer["details"])
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise Complaint(N_("the report failed: {problem}"), problem=said)
    return read(task, done.stdout)


def read(task: Task, answer: bytes) -> Any:
    """What a child has written: a list of tables, or the octets of a file."""
    is_file = task.request["report"] == DAY or task.request["file"]
    return answer if is_file else json.loads(answer)


def main() -> None:
    """The child; whatever else runs on this computer goes first."""
    os.nice(NICE)
    task = Task(**json.load(sys.stdin))
    try:
        sys.stdout.buffer.write(made(task))
    except Complaint as problem:
        details = {name: str(one) for name, one in problem.details.items()}
        sys.stdout.buffer.write(json.dumps({"complaint": problem.msgid, "details": details}).encode())
        sys.exit(COMPLAINS)


def made(task: Task) -> bytes:
    """
    The answer, as the child writes it.

    :raises Complaint: what cannot be done
    """
    request = Request.read(task.request)
    ask = request.ask(ServerConfig(time_zone=task.time_zone).zone)
    database = database_at(task.where)
    tables.database.initialize(database)
    if is_sqlite(database):
        database.timeout = PATIENCE_S
    with database.connection_context():
        while _folded(task.country):
            pass
        if request.report == DAY:
            which = date.fromisoformat(request.first)
            with database.atomic():
                of_the_day = day.of(ask, which)
            from callserver.features.statistics.drawing.day_sheet import day_sheet

            return day_sheet(of_the_day, task.name, request.language)
        with database.atomic():
            check_known(REPORTS[request.report].only, request.only)
            found = REPORTS[request.report].make(ask)
    if request.file:
        return _file(found, request)
    return json.dumps([plain(table, request.language) for table in found]).encode()


def _file(made: Sequence[Table], request: Request) -> bytes:
    """Whatever draws or writes takes its time to be imported."""
    if request.file in CHARTS:
        from callserver.features.statistics.drawing.chart import chart

        return chart(made[0], request.language, request.file)
    titles, rows = sheet_of(made, request.language)
    if request.file == "csv":
        return write_csv(titles, rows)
    from callserver.store.sheets.xlsx_sheets import write_xlsx

    return write_xlsx(titles, rows)


def _folded(country: str) -> int:
    database = tables.database.obj
    with database.atomic("IMMEDIATE") if is_sqlite(database) else database.atomic():
        return keeping.fold_piece(PIECE, country)


if __name__ == "__main__":
    main()
