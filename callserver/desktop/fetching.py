"""A file of the server's, written to this computer part by part; a half one is never left there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

from twisted.internet.defer import Deferred

from callserver.wire.catalogue import N_, Complaint

EXISTS = N_("there is a file of this name already: choose another one")
NO_FOLDER = N_("there is no such folder: {folder}")
NOT_WHOLE = N_("the server has sent only a part of it: try again")
NOT_WRITTEN = N_("the file cannot be written: {problem}")


class NotWritten(Complaint):
    """The file is not there; the sentence says why."""


def typed_path(text: str) -> Path:
    """A place as it is typed; ~ is one's own folder, and of people whom this computer does not know the name stays."""
    path = Path(text.strip())
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def fetch(ask: Callable[[int], Deferred[Any]], path: Path, told: Callable[[float], None]) -> Deferred[None]:
    """
    Write it; fires when it is whole. Cancelled, or failed in whatever way, it leaves nothing.

    :param ask: from which octet on; fires with {"octets", "total"}
    :param told: how much of it is here, 0 to 1
    :raises NotWritten: also where a file of this name is there already
    """
    return Deferred.fromCoroutine(_fetch(ask, path, told))


def fetched(ask: Callable[[int], Deferred[Any]]) -> Deferred[bytes]:
    """Of something small, such as a picture of a page: all its octets at once."""

    async def story() -> bytes:
        parts: list[bytes] = []
        await _parts(ask, parts.append, lambda share: None)
        return b"".join(parts)

    return Deferred.fromCoroutine(story())


async def _fetch(ask: Callable[[int], Deferred[Any]], path: Path, told: Callable[[float], None]) -> None:
    _check(path)
    try:
        file = _new_part(path)
        part = Path(file.name)
        try:
            with file:
                await _parts(ask, file.write, told)
            _check(path)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as problem:
        raise NotWritten(NOT_WRITTEN, problem=problem.strerror or problem) from problem


def _new_part(path: Path) -> BinaryIO:
    """Beside it, under a name that was not there: what somebody else calls so is his."""
    for n in count(1):
        with suppress(FileExistsError):
            return path.with_name(f"{path.name}.{n}.part" if n > 1 else f"{path.name}.part").open("xb")
    raise AssertionError("numbers do not end")


async def _parts(
    ask: Callable[[int], Deferred[Any]], write: Callable[[bytes], Any], told: Callable[[float], None]
) -> None:
    n, total = 0, 1
    while n < total:
        answer = await ask(n)
        octets, total = answer["octets"], answer["total"]
        if not octets and n < total:
            raise NotWritten(NOT_WHOLE)
        write(octets)
        n += len(octets)
        told(min(1.0, n / max(1, total)))


def _check(path: Path) -> None:
    try:
        if path.exists():
            raise NotWritten(EXISTS)
        if not path.parent.is_dir():
            raise NotWritten(NO_FOLDER, folder=str(path.parent))
    except OSError as problem:
        raise NotWritten(NOT_WRITTEN, problem=problem.strerror or problem) from problem
