"""A file of this computer, given to the server part by part to be faxed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred

from callserver.wire.catalogue import N_, Complaint

PART_OCTETS = 65536
NOT_READ = N_("the file cannot be read: {problem}")
EMPTY = N_("the file is empty")
LARGE = N_("the file is larger than {most} MB")
NO_FILE = N_("this is no file")
OCTETS_MAX = 20_000_000  # as the server has it
NAME_MAX = 120


class NotGiven(Complaint):
    """The file was not sent; the sentence says why."""


async def upload(ask: Callable[..., Deferred[Any]], path: Path, told: Callable[[float], None]) -> str:
    """
    Give it, and have it made into pages.

    :param ask: `AgentClient.ask`
    :param told: how much of it is given, 0 to 1
    :return: what `send_fax` and `queue_fax` take
    :raises NotGiven:
    """
    try:
        if path.exists() and not path.is_file():  # a pipe, say, would never end
            raise NotGiven(NO_FILE)
        if path.stat().st_size > OCTETS_MAX:
            raise NotGiven(LARGE, most=OCTETS_MAX // 1_000_000)
        octets = path.read_bytes()
    except OSError as problem:
        raise NotGiven(NOT_READ, problem=problem.strerror or problem) from problem
    if not octets:
        raise NotGiven(EMPTY)
    name = path.name[-NAME_MAX:]
    for at in range(0, len(octets), PART_OCTETS):
        await ask("upload_fax", name, at, octets[at : at + PART_OCTETS])
        told(min(1.0, (at + PART_OCTETS) / len(octets)))
    given = await ask("convert_fax", name)
    return str(given["source"])
