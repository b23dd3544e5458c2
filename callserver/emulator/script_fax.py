"""What a script's fax machine does with paper: files into pages to be sent, pages that came into pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from twisted.internet.defer import Deferred

from callserver.config import Sentence
from callserver.emulator.fax_machine import TelephoneFax, page_of
from callserver.fax.documents.conversion import Conversion
from callserver.fax.documents.png import page_png
from callserver.fax.page import Page
from callserver.fax.t30.documents import ReceivedPage
from callserver.fax.t30.results import Outcome
from callserver.fax.tiff.reader import read_tiff
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.fax_results import WORDS, FaxResult

InThread = Callable[..., Deferred[Any]]


async def send(fax: TelephoneFax, file: Path, in_thread: InThread) -> None:
    """
    Start is pressed with this document in the machine; it sends its calling tone.

    :raises Complaint: the document is none, or the fax failed
    """
    if not file.is_file():
        raise Complaint(N_("there is no file {file}"), file=file)
    _demand_success(await fax.send(await in_thread(_drawn, file), calls=True))


async def receive(fax: TelephoneFax, picture: Path, in_thread: InThread) -> list[Path]:
    """
    Start is pressed with no paper in it; what came, also when it was not all, is written as a picture a page.

    :return: the pictures: page.png, page-2.png ...
    :raises Complaint: the fax failed, or a picture cannot be written
    """
    if picture.is_dir() or not picture.parent.is_dir():  # before a fax is wasted on it
        raise Complaint(N_("{file} cannot be written: it is a folder, or there is no folder for it"), file=picture)
    outcome = await fax.receive()
    try:
        pictures: list[Path] = await in_thread(_printed, fax.received, picture)
    except OSError as problem:
        raise Complaint(N_("{file} cannot be written: {problem}"), file=picture, problem=problem.strerror) from problem
    _demand_success(outcome)
    return pictures


def _demand_success(outcome: Outcome) -> None:
    if outcome.result is not FaxResult.SUCCESS:
        raise Complaint(N_("the fax failed: {problem}"), problem=Sentence(WORDS[outcome.result]))


def _drawn(file: Path) -> list[Page]:
    with TemporaryDirectory() as folder:
        target = Path(folder) / "pages.tif"
        Conversion(file, target).run()
        return list(read_tiff(target))


def _printed(received: Sequence[ReceivedPage], picture: Path) -> list[Path]:
    pictures = []
    for number, one in enumerate(received, 1):
        file = picture if number == 1 else picture.with_stem(f"{picture.stem}-{number}")
        file.write_bytes(page_png(page_of(one)))
        pictures.append(file)
    return pictures
