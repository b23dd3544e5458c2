"""Documents from outside made into fax pages, in a child process that may be slow or large, or die of what it reads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from callserver.fax.documents.child import Task
from callserver.fax.page import Resolution
from callserver.fax.tiff.directory import MAX_PAGES, TiffError
from callserver.fax.tiff.reader import stored_pages
from callserver.wire.catalogue import N_, Complaint

PART = ".part"  # what a killed conversion leaves ends so
_MOST_WORDS = 64_000
_TOO_SLOW = N_("the document takes more than {seconds} s to draw")


@dataclass(frozen=True)
class Limits:
    """Of one document."""

    max_pages: int = MAX_PAGES
    seconds: int = 120  # by the clock; also of the processor
    memory_octets: int = 1_000_000_000  # of addresses; a PDF needs 170 MB, a picture ten octets a pel


class Conversion:
    """One document into a TIFF file of fax pages, in a child process. `run` in a thread; `stop` from any."""

    def __init__(
        self, source: Path, target: Path, resolution: Resolution = Resolution.FINE, limits: Limits = Limits()
    ) -> None:
        self._part, self._target, self._limits = target.with_name(target.name + PART), target, limits
        self._source = source
        self._task = Task(
            str(source.absolute()),
            str(self._part.absolute()),
            resolution.name,
            limits.max_pages,
            limits.seconds,
            limits.memory_octets,
        )
        self._child: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def run(self) -> int:
        """
        The number of pages, which are in `target`, on disk; nothing is there if it fails.

        :raises Complaint: what is wrong with the document, for who gave it
        :raises OSError: of the target's disk
        """
        if self._source.exists() and not self._source.is_file():  # a pipe or a device would be waited for
            raise Complaint(N_("{file} is no file"), file=self._source.name)
        self._part.unlink(missing_ok=True)  # of a server that was killed
        try:
            n_pages = self._checked(*self._child_says())
            self._part.replace(self._target)
            _sync(self._target.parent)
            return n_pages
        finally:
            self._part.unlink(missing_ok=True)

    def stop(self) -> None:
        """Ends `run`, which complains then."""
        self._stopped = True
        if self._child:
            self._child.kill()

    def _child_says(self) -> tuple[int, str]:
        """Its exit status and its words."""
        environment = {
            "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path),
            "PATH": os.environ.get("PATH", ""),
            "OPENBLAS_NUM_THREADS": "1",  # each takes addresses of its own
        }
        command = [sys.executable, "-m", "callserver.fax.documents.child", self._task.to_json()]
        nothing = subprocess.DEVNULL
        with (
            TemporaryFile("w+", errors="replace") as said,  # in which it can say no more than it may write
            subprocess.Popen(command, stdin=nothing, stdout=said, stderr=nothing, env=environment) as child,
        ):
            self._child = child
            if self._stopped:
                child.kill()
            try:
                status = child.wait(self._limits.seconds)
            except subprocess.TimeoutExpired as problem:
                child.kill()
                raise Complaint(_TOO_SLOW, seconds=self._limits.seconds) from problem
            said.seek(0)
            return status, said.read(_MOST_WORDS)

    def _checked(self, status: int, said: str) -> int:
        """What the child made is looked at again: it may have been taken over by the document."""
        if self._stopped:
            raise Complaint(N_("the server was stopped while it drew the document"))
        if status == -signal.SIGXCPU:
            raise Complaint(_TOO_SLOW, seconds=self._limits.seconds)
        try:
            answer = json.loads(said)
            if "pages" not in answer:
                raise Complaint(str(answer["msgid"]), **{str(name): value for name, value in answer["details"].items()})
            with self._part.open("rb") as file:
                n_pages = sum(1 for _ in stored_pages(file))
        except (ValueError, KeyError, TypeError, AttributeError, TiffError, FileNotFoundError) as problem:
            raise Complaint(N_("the document broke the program that draws it")) from problem
        if not 0 < n_pages <= self._limits.max_pages:
            raise Complaint(N_("the document has more than {most} pages"), most=self._limits.max_pages)
        return n_pages


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
