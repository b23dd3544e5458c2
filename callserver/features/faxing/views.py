"""
A fax made into a file for people, that is fetched part by part.

It is made once, for the first part, and lies beside the fax until its last part is fetched. Where it is gone (another
reader has come to the end, the server was started anew) it is made again, the same octet for octet. Where it cannot be
kept (the disk is full) it is made for each part: slower, but a fax can still be read.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from callserver.features.faxing import paperwork

VIEW = "view-"  # how its name begins


def view_part(fax: Path, wanted: str, title: str, at: int, n_octets: int) -> tuple[bytes, int]:
    """
    So many octets from there on, and how many there are in all; for a thread.

    :param wanted: "pdf", or the number of a page, which is shown as PNG
    :raises Complaint: it has no such page, or one that cannot be read
    """
    view = fax.with_name(f"{VIEW}{fax.stem}.{wanted}")
    part, total = (at and _read(view, at, n_octets)) or _made(fax, view, wanted, title, at, n_octets)
    if at + n_octets >= total:
        view.unlink(missing_ok=True)
    return part, total


def forget_views(fax: Path) -> None:
    """Those that were not fetched to the end."""
    for view in fax.parent.glob(f"{VIEW}{fax.stem}.*"):
        view.unlink(missing_ok=True)


def _read(view: Path, at: int, n_octets: int) -> tuple[bytes, int] | None:
    with suppress(FileNotFoundError), view.open("rb") as file:
        total = file.seek(0, 2)
        file.seek(at)
        return file.read(n_octets), total
    return None


def _made(fax: Path, view: Path, wanted: str, title: str, at: int, n_octets: int) -> tuple[bytes, int]:
    whole = paperwork.pdf(fax, title) if wanted == "pdf" else paperwork.picture(fax, int(wanted))
    if at + n_octets < len(whole):
        with suppress(OSError):
            _keep(view, whole)
    return whole[at : at + n_octets], len(whole)


def _keep(view: Path, whole: bytes) -> None:
    """All of it under its name, or nothing: another may be reading."""
    with NamedTemporaryFile(dir=view.parent, prefix=VIEW) as file:
        file.write(whole)
        file.flush()
        view.unlink(missing_ok=True)
        view.hardlink_to(file.name)
