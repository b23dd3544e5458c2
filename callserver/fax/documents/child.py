"""
The child process in which a document from outside becomes pages: `python -m callserver.fax.documents.child TASK`.

It limits itself before it looks at the document, because the libraries that read documents have had holes and bombs. It
prints one line of JSON: the number of pages, or what was wrong with the document.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from callserver.fax.page import Page, Resolution
from callserver.fax.tiff.reader import is_fax_tiff, read_tiff
from callserver.fax.tiff.writer import append_page
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.problems import DISK_FULL

_MOST_FILE_OCTETS = 400_000_000  # a hundred pages that no coding makes smaller


@dataclass(frozen=True)
class Task:
    """What the child is to do, and within which bounds."""

    source: str
    target: str
    resolution: str
    max_pages: int
    seconds: int  # of the processor
    memory_octets: int

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def main(task: Task) -> dict[str, Any]:
    """:return: "pages", or "msgid" and "details" of a complaint"""
    _limit(task)
    try:
        return {"pages": _convert(task)}
    except Complaint as complaint:
        return {"msgid": complaint.msgid, "details": dict(complaint.details)}
    except MemoryError:
        return {"msgid": N_("the document needs more memory than a fax may"), "details": {}}
    except OSError as problem:  # no room for its pages
        if problem.errno in DISK_FULL:
            return {"msgid": N_("the disk is full: the document's pages cannot be kept"), "details": {}}
        return {
            "msgid": N_("the document could not be made into pages: {problem}"),
            "details": {"problem": problem.strerror or str(problem)},
        }


def _limit(task: Task) -> None:
    for what, most in (
        (resource.RLIMIT_AS, task.memory_octets),
        (resource.RLIMIT_CPU, task.seconds),  # one more, and what SIGXCPU did not end is killed
        (resource.RLIMIT_FSIZE, _MOST_FILE_OCTETS),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most + (what == resource.RLIMIT_CPU)))


def _convert(task: Task) -> int:
    n_pages = 0
    for n_pages, page in enumerate(_pages(task), 1):
        if n_pages > task.max_pages:
            raise Complaint(N_("the document has more than {most} pages"), most=task.max_pages)
        append_page(Path(task.target), page)
    if not n_pages:
        raise Complaint(N_("the document is empty"))
    return n_pages


def _pages(task: Task) -> Iterator[Page]:
    source = Path(task.source)
    if is_fax_tiff(source):
        return read_tiff(source)
    try:
        from callserver.fax.documents.drawing import drawn_pages
    except ImportError as problem:
        raise Complaint(
            N_('only TIFF files of fax pages can be faxed: "{library}" is missing; install "callserver[documents]"'),
            library=problem.name or str(problem),
        ) from problem
    return drawn_pages(source, Resolution[task.resolution], task.max_pages)


if __name__ == "__main__":
    print(json.dumps(main(Task(**json.loads(sys.argv[1])))))
