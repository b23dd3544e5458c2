"""A caller with a fax machine: he asks for a document of the library, presses Start, and has its page."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import numpy as np
from twisted.internet.defer import Deferred

from callserver.calls.board import ChannelStatus
from callserver.commands.visit import when_idle
from callserver.emulator.fax_machine import TelephoneFax, page_of
from callserver.emulator.script_run import ScriptEvent, run_script
from callserver.fax.documents.extra import missing_libraries
from callserver.fax.documents.png import page_png
from callserver.fax.page import Page, Resolution
from callserver.fax.tiff.writer import append_page
from callserver.features.faxing import paperwork, rules
from callserver.features.faxing.rules import Document
from callserver.server.assembly import CallServer
from callserver.wire.states import LineState

FAX_NUMBER = "02162345678"
ASKS = """
dial {shop}
wait answer
wait silence 1.2
press 1                      # Mandarin
wait silence 1.2
press 5                      # a document by fax
wait silence 1.2
press {document}#
wait silence 1.2             # its title and pages
press 1                      # yes, to this machine
wait hang up within 300      # he has pressed Start when he was asked to
"""
SAMPLE = Path(rules.__file__).parents[1] / "sample.toml"


async def add_sample(server: CallServer) -> str:
    """A price list in the library, if it has none; its number."""
    sample = tomllib.loads(SAMPLE.read_text("utf-8"))
    number = str(sample["number"])
    if await server.store.read(rules.find_document, number) is None:
        file = f"{uuid4()}.tif"
        pages = await server.world.in_thread(_draw, sample["text"], server.folder.faxes / file)
        document = Document(number, sample["title_zh"], sample["title_en"], file, pages)
        await server.store.write(rules.add_document, document, server.events.now())
    return number


async def fetch_by_fax(server: CallServer, number: str, on_event: Callable[[ScriptEvent], None]) -> TelephoneFax:
    """One call; over when the page is printed and the caller has hung up."""
    assert server.exchange is not None
    phone = server.exchange.add_phone(FAX_NUMBER)
    fax = TelephoneFax(phone, FAX_NUMBER, in_thread=server.world.in_thread)
    script = ASKS.format(shop=server.config.exchange.number, document=number)
    calling = run_script(server.exchange, script, on_event, phone=phone)
    calling.addErrback(lambda failure: None)  # hung up by us, below
    await _when_faxing(server)
    await fax.receive()
    calling.cancel()
    phone.hang_up()
    await when_idle(server)
    return fax


def printed(fax: TelephoneFax, picture: Path) -> list[Page]:
    """For a thread: what the machine has printed; the first page is written as a PNG."""
    pages = [page_of(one) for one in fax.received]
    for page in pages[:1]:
        picture.write_bytes(page_png(page))
    return pages


def _when_faxing(server: CallServer) -> Deferred[None]:
    """Fires when a line faxes."""
    faxing: Deferred[None] = Deferred()

    def look(status: ChannelStatus) -> None:
        if status.state is LineState.FAXING and not faxing.called:
            stop_watching()
            faxing.callback(None)

    stop_watching = server.board.watch(look)
    return faxing


def _draw(text: str, target: Path) -> int:
    if missing_libraries():
        append_page(target, _pattern())
        return 1
    source = target.with_suffix(".txt")
    source.write_text(text, "utf-8")
    try:
        return paperwork.converted(source, target)
    finally:
        source.unlink()


def _pattern() -> Page:
    """A page of squares, where nothing can draw letters."""
    rows, columns = np.ogrid[:1143, :1728]
    return Page(1728, Resolution.STANDARD, np.packbits((rows // 64 + columns // 128) % 2 == 0, axis=1))
