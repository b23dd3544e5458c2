"""Agents send and receive within the talk, and the talk comes back: the whole server on virtual time."""

from __future__ import annotations

from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from callserver.emulator.fax_machine import TelephoneFax
from callserver.fax.tiff.reader import read_tiff
from callserver.fax.tiff.writer import append_page
from callserver.features.faxing import rules
from callserver.features.faxing.rules import Document
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from callserver.wire.states import LineState
from tests.fax.pages import text_like
from tests.whole.fax_case import received, same
from tests.whole.hall import Hall
from tests.whole.test_gates import talks_801


class FaxAgentsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.hall = Hall(self, n_lines=2)
        self.hall.first, self.hall.second = self.hall.comes("801"), self.hall.comes("802")
        talks_801(self.hall)
        self.page = text_like(150)

    def machine(self) -> TelephoneFax:
        """Beside the caller's telephone."""
        exchange = self.hall.shop.server.exchange
        assert exchange is not None
        return TelephoneFax(exchange.phones[self.hall.caller])

    def is_over(self, result: str) -> None:
        """His seat shows what has come of it."""
        over = f"fax_over: {result}"
        self.hall.until(lambda: self.hall.first.seat.cause == over)  # type: ignore[union-attr]

    def until_faxing(self) -> None:
        board = self.hall.shop.server.board
        self.hall.until(lambda: any(one.state is LineState.FAXING for one in board.statuses.values()))

    def they_talk(self) -> bool:
        line = self.hall.shop.server.board.statuses["line 1"]
        return line.state is LineState.TALKING and line.sub == "bridged"

    def test_send(self) -> None:
        """The caller's machine prints the document; then they talk on."""
        shop = self.hall.shop
        append_page(shop.folder.faxes / "doc.tif", self.page)
        document = Document("7", "价目表", "price list", "doc.tif", 1)
        shop.until(shop.server.store.write(rules.add_document, document, shop.server.events.now()))
        self.hall.does(self.hall.first, "send_fax", "document 7")
        self.until_faxing()
        machine = self.machine()
        shop.until(machine.receive())
        self.is_over("success")
        (got,) = received(machine)
        self.assertTrue(same(got, self.page))
        self.hall.until(self.they_talk)

    def test_receive(self) -> None:
        """What the caller's machine sends is kept and his; then they talk on."""
        shop = self.hall.shop
        self.hall.does(self.hall.first, "receive_fax")
        self.until_faxing()
        outcome = shop.until(self.machine().send([self.page]))
        self.assertEqual(outcome.result.value, "success")
        self.is_over("success")
        self.hall.until(self.they_talk)
        (fax,) = shop.ask(rules.list_faxes)
        self.assertEqual((fax.person, fax.pages, fax.direction), ("801", 1, "in"))
        (kept,) = read_tiff(shop.folder.faxes / str(fax.file))
        self.assertTrue(same(kept, self.page))
        self.hall.does(self.hall.first, "open_fax", fax.id, "pdf", 0)
        self.assertTrue(self.hall.tried["octets"].startswith(b"%PDF-"))

    def test_stopped(self) -> None:
        """He breaks it off: the far end is told, and they talk."""
        self.hall.does(self.hall.first, "receive_fax")
        self.until_faxing()
        self.hall.shop.wait(6)
        self.hall.does(self.hall.first, "stop_fax")
        self.is_over("cancelled")
        self.hall.until(self.they_talk)

    def test_never_ends(self) -> None:
        """A fax that goes on for too long is ended by us, the far end is told, and they talk."""
        with patch("callserver.features.faxing.sessions.LIMIT_S", 8.0):
            self.hall.does(self.hall.first, "receive_fax")
            self.is_over("too_long")
        self.hall.until(self.they_talk)
        self.assertEqual(self.hall.shop.server._faxes.engines.n_free, 4)  # type: ignore[union-attr]

    def test_right_is_taken(self) -> None:
        """13: who may not receive any more has what he has begun ended; they talk."""
        self.hall.does(self.hall.first, "receive_fax")
        self.until_faxing()
        self.hall.shop.wait(6)
        self.hall.give("801", frozenset(Right) - {Right.RECEIVE_FAX})
        self.is_over("cancelled")
        self.hall.until(self.they_talk)

    def test_one_at_a_time(self) -> None:
        """A second fax in the same talk is refused while the first is under way."""
        self.hall.does(self.hall.first, "receive_fax")
        self.until_faxing()
        self.hall.tries(self.hall.first, "receive_fax")
        self.assertIsInstance(self.hall.tried, Refused)

    def test_agent_is_gone(self) -> None:
        """He logs out of it, or his program dies: the fax ends, and the caller is not lost in silence."""
        self.hall.does(self.hall.first, "receive_fax")
        self.until_faxing()
        self.hall.does(self.hall.first, "hang_up")
        self.hall.shop.wait(2)
        self.assertIs(self.hall.shop.server.board.statuses["line 1"].state, LineState.IDLE)
        self.assertEqual(self.hall.shop.server._faxes.engines.n_free, 4)  # type: ignore[union-attr]
