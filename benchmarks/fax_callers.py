"""Callers with a fax machine beside their telephone, on lines of a full house."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from twisted.internet.threads import deferToThread

from benchmarks.house import House
from callserver.emulator.fax_machine import TelephoneFax, page_of
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.phone import Phone
from callserver.fax.page import Page
from callserver.fax.t30.results import Outcome
from callserver.fax.tiff.writer import append_page

DOCUMENT_LINE, FAX_LINE = "menu = document", "menu = talk\nfax = receive"
QUIET_S = 1.2  # so long nothing is said: Start is pressed


def lay_out(house: House, pages: Sequence[Page]) -> None:
    """Document 12, before the server starts."""
    for page in pages:
        append_page(house.folder.faxes / "doc-12.tif", page)


async def fetch(house: House, n: int) -> tuple[Outcome, TelephoneFax]:
    """The caller of line n, from 0, asks for the document and receives it in the same call."""
    phone, fax = await _dialled(house, n), machine(house.phones[n])
    await phone.press("1")  # before he is asked
    asked_s = phone.time.seconds() + QUIET_S
    await phone.when(lambda: phone.sounded_s > asked_s and phone.time.seconds() > phone.sounded_s + QUIET_S)
    try:
        return await fax.receive(), fax
    finally:
        phone.hang_up()


async def send(house: House, n: int, pages: Sequence[Page], fax: TelephoneFax | None = None) -> Outcome:
    """The machine of line n's caller dials it and sends."""
    phone = await _dialled(house, n)
    try:
        return await (fax or machine(phone)).send(pages, calls=True)
    finally:
        phone.hang_up()


def printed(fax: TelephoneFax) -> list[Page]:
    """What has come; half a second a page."""
    return [page_of(one) for one in fax.received]


def same(got: Page, page: Page) -> bool:
    """Pel by pel, below the line that says from whom it is."""
    below = got.rows[len(got.rows) - len(page.rows) :]
    return (got.width, got.resolution) == (page.width, page.resolution) and bool(np.array_equal(below, page.rows))


async def _dialled(house: House, n: int) -> Phone:
    phone = house.phones[n]
    phone.dial(f"8008{n + 1:02}")
    await phone.when(lambda: phone.stage is SubscriberStage.TALKING)
    return phone


def machine(phone: Phone) -> TelephoneFax:
    """Beside this telephone."""
    return TelephoneFax(phone, phone.line.number, in_thread=deferToThread)
