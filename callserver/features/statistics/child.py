"""
One report, in a process of its own: a year's figures take a second of a processor, and the telephone none of it.

Reads a task from its input, writes the answer to its output: JSON for tables, a PDF for a day's sheet. What cannot be
done is a complaint, as JSON with its sentence.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from callserver.config import ServerConfig
from callserver.features.statistics import keeping
from callserver.features.statistics.reports import day
from callserver.features.statistics.reports.known_names import check_known
from callserver.features.statistics.reports.named import REPORTS
from callserver.features.statistics.reports.plain import plain
from callserver.features.statistics.request import DAY, Request
from callserver.store import tables
from callserver.store.opening import database_at, is_sqlite
from callserver.wire.catalogue import N_, Complaint

SECONDS_MAX = 120
NICE = 10
PATIENCE_S = 10.0  # so long a lock of the server's is waited for
PIECE = 500  # events of one transaction, for which the server waits
PDF = b"%PDF"


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
    What the child answers: a list of tables, or the octets of a PDF. Waits for it: in a thread.

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
    if done.stdout.startswith(PDF):
        return done.stdout
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise Complaint(N_("the report failed: {problem}"), problem=said) from None
    if isinstance(answer, dict):
        raise Complaint(str(answer["complaint"]), **answer["details"])
    return answer


def main() -> None:
    """The child; whatever else runs on this computer goes first."""
    os.nice(NICE)
    task = Task(**json.load(sys.stdin))
    try:
        answer = _made(task)
    except Complaint as problem:
        details = {name: str(one) for name, one in problem.details.items()}
        answer = json.dumps({"complaint": problem.msgid, "details": details}).encode()
    sys.stdout.buffer.write(answer)


def _made(task: Task) -> bytes:
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
                found = day.of(ask, which)
            from callserver.features.statistics.drawing.day_sheet import day_sheet

            return day_sheet(found, task.name, request.language)
        with database.atomic():
            check_known(REPORTS[request.report].only, request.only)
            made = REPORTS[request.report].make(ask)
    return json.dumps([plain(table, request.language) for table in made]).encode()


def _folded(country: str) -> int:
    database = tables.database.obj
    with database.atomic("IMMEDIATE") if is_sqlite(database) else database.atomic():
        return keeping.fold_piece(PIECE, country)


if __name__ == "__main__":
    main()
