"""Four faxes at once beside sixteen lines that talk and are recorded, in real time: ptys, threads, the wall's clock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, gatherResults

from callserver.calls.board import ChannelStatus
from callserver.commands.visit import when_idle
from callserver.emulator.fax_machine import TelephoneFax
from callserver.emulator.script_run import run_script
from callserver.fax.tiff.writer import append_page
from callserver.features.faxing import rules
from callserver.features.faxing.rules import Document
from callserver.wire.states import LineState
from tests.fax.pages import text_like
from tests.whole.fax_case import ASKS_FOR_12, received, same
from tests.whole.test_fax_busy_hour import N_FAXES, N_TALKS, TALKS, write_voice
from tests.whole.test_real_time import RealTimeCase


class RealFaxTests(RealTimeCase):
    async def test_four_faxes_and_sixteen_talks(self) -> None:
        """All four pages are exact; talks are heard on virtual time: here a busy machine may lose blocks."""
        await self.open(n_lines=N_FAXES + N_TALKS)
        page = text_like(200)
        append_page(self.folder.faxes / "doc.tif", page)
        document = Document("12", "价目表", "price list", "doc.tif", 1)
        await self.server.store.write(rules.add_document, document, self.server.events.now())
        said = Path(self.mktemp()).resolve()
        write_voice(said)
        for n in range(N_TALKS):
            self.begins(TALKS.format(voice=said), f"139{n:08}")
        faxers = [f"138{n:08}" for n in range(N_FAXES)]
        machines = [self.machine(number) for number in faxers]
        for number in faxers:
            self.begins(ASKS_FOR_12, number)
        outcomes = await gatherResults(machines)
        self.assertEqual([outcome.n_confirmed for outcome, _ in outcomes], [1] * N_FAXES)
        self.assertTrue(all(same(got, page) for _, fax in outcomes for got in received(fax)))
        assert self.server.exchange is not None
        for phone in self.server.exchange.phones.values():
            phone.hang_up()
        await when_idle(self.server)

    def begins(self, script: str, number: str) -> None:
        """A caller begins with this."""
        assert self.server.exchange is not None
        doing: Deferred[Any] = run_script(self.server.exchange, script, phone=self.server.exchange.add_phone(number))
        doing.addErrback(lambda failure: failure.trap(CancelledError))
        self.addCleanup(doing.cancel)

    def machine(self, number: str) -> Deferred[Any]:
        """Starts when this caller's line faxes; fires with what came of it, and the machine."""
        assert self.server.exchange is not None
        fax = TelephoneFax(self.server.exchange.add_phone(number), number)
        begun: Deferred[None] = Deferred()

        def look(status: ChannelStatus) -> None:
            if status.state is LineState.FAXING and status.caller == number and not begun.called:
                begun.callback(None)

        self.addCleanup(self.server.board.watch(look))
        return begun.addCallback(lambda _: fax.receive()).addCallback(lambda outcome: (outcome, fax))
