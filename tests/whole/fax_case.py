"""A whole shop with a library, and callers who have a fax machine beside their telephone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise, repeat
from types import MappingProxyType
from typing import Any

import numpy as np
from twisted.internet.defer import CancelledError, Deferred, maybeDeferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.emulator.fax_machine import TelephoneFax, page_of
from callserver.emulator.script_run import run_script
from callserver.fax.page import Page
from callserver.fax.tiff.reader import read_tiff
from callserver.fax.tiff.writer import append_page
from callserver.features.faxing import rules
from callserver.features.faxing.rules import Document, Fax
from callserver.wire.records import EventRecord
from callserver.wire.script_words import ScriptError
from tests.whole.virtual_shop import LONGEST_S, VirtualShop

NUMBER = "13912345678"
# Mandarin, documents by fax, number 12, yes; what he hears of it is in between.
ASKS_FOR_12 = """
dial 8008
wait answer
wait silence 1.2
press 1
wait silence 1.2
press 5
wait silence 1.2
press 12#
wait silence 1.2 within 60
press 1
wait hang up within 3000
"""


class FaxShop(VirtualShop):
    """`events`: all that has happened."""

    def __init__(
        self,
        case: SynchronousTestCase,
        n_lines: int = 1,
        settings: Mapping[str, str] = MappingProxyType({}),
        byte_share: float = 0.0,
    ) -> None:
        super().__init__(case, n_lines, byte_share, settings=settings)
        self.events: list[EventRecord] = []
        self.server.events.watch(self.events.append)

    def add_document(self, number: str, pages: Sequence[Page], title: str = "价目表") -> None:
        """Into the library."""
        file = f"doc-{number}.tif"
        for page in pages:
            append_page(self.folder.faxes / file, page)
        document = Document(number, title, "price list", file, len(pages))
        self.until(self.server.store.write(rules.add_document, document, self.server.events.now()))

    def begins(self, script: str, number: str = NUMBER) -> Deferred[Any]:
        """A caller begins with this; fires when he is through, or has been hung up for by the test."""
        doing: Deferred[Any] = run_script(self.exchange, script, phone=self.phone(number))
        doing.addErrback(lambda failure: failure.trap(CancelledError, ScriptError))
        self._agents.append(doing)
        return doing

    def until_said(self, name: str, times: int = 1) -> None:
        """Time passes until a prompt was said to somebody, to its end."""

        def said() -> bool:
            calls = {event.call_id for event in self.events}
            return sum(map(self._n_said, calls, repeat(name))) >= times

        self.until_so(said, f"{name} is not said")

    def _n_said(self, call_id: str | None, name: str) -> int:
        told = [e for e in self.events if e.call_id == call_id and e.kind in ("prompt", "prompt_end")]
        return sum(name in str(b.data.get("names")) for b, e in pairwise(told) if e.kind == "prompt_end")

    def press(self, keys: str, number: str = NUMBER) -> None:
        """A caller presses keys."""
        self.wait(1)
        self.until(self.phone(number).press(keys))

    def until_so(self, condition: Any, what: str = "it does not come about") -> None:
        """Time passes until this is so."""
        reactor = self.world.reactor
        if not reactor.run_until(condition, reactor.seconds() + LONGEST_S):
            raise AssertionError(f"{what} in {LONGEST_S:g} s")

    def phone(self, number: str = NUMBER) -> Any:
        return self.exchange.add_phone(number)

    def fax(self, number: str = NUMBER, **about: Any) -> TelephoneFax:
        """The machine beside a telephone."""
        return TelephoneFax(self.phone(number), number, in_thread=maybeDeferred, **about)

    @property
    def exchange(self) -> Any:
        assert self.server.exchange is not None
        return self.server.exchange

    def faxes(self) -> list[Fax]:
        """As the database has them, the newest first."""
        self.wait(1)
        return list(self.ask(rules.list_faxes))

    def pages_of(self, fax: Fax) -> list[Page]:
        """That were kept."""
        assert fax.file is not None
        return list(read_tiff(self.folder.faxes / fax.file))

    def happened(self, kind: str) -> list[dict[str, Any]]:
        return [dict(event.data) for event in self.events if event.kind == kind]

    def subs(self) -> list[str]:
        """What stood beside the faxing line, one after the other."""
        found = [event.data for event in self.events if event.kind == "state" and event.data["to"] == "faxing"]
        return [str(data["sub"]) for data in found]


def same(got: Page, page: Page) -> bool:
    """Pel by pel, below the line that says from whom it is."""
    below = got.rows[len(got.rows) - len(page.rows) :]
    return (got.width, got.resolution) == (page.width, page.resolution) and bool(np.array_equal(below, page.rows))


def received(fax: TelephoneFax) -> list[Page]:
    return [page_of(one) for one in fax.received]
