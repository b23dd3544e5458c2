"""Agents send and receive within the talk, and the talk comes back: the whole server on virtual time."""

from __future__ import annotations

from dataclasses import replace
from errno import ENOSPC
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np
from twisted.internet.defer import maybeDeferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.emulator.fax_machine import ALL_SPEEDS, TelephoneFax
from callserver.fax.page import Page, Resolution
from callserver.fax.t30.capabilities import Capabilities, Length
from callserver.fax.tiff.reader import read_tiff
from callserver.fax.tiff.writer import append_page
from callserver.features.faxing import desk, rules
from callserver.features.faxing.rules import Document, Fax
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import LineState
from tests.fax.pages import blank, text_like
from tests.whole.fax_case import received, same
from tests.whole.hall import Hall
from tests.whole.test_gates import talks_801


class FaxAgentsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.hall = Hall(self, n_lines=2)
        self.hall.first, self.hall.second = self.hall.comes("801"), self.hall.comes("802")
        talks_801(self.hall)
        self.page = text_like(150)

    def machine(self, capabilities: Capabilities = ALL_SPEEDS) -> TelephoneFax:
        """Beside the caller's telephone."""
        exchange = self.hall.shop.server.exchange
        assert exchange is not None
        return TelephoneFax(exchange.phones[self.hall.caller], capabilities=capabilities, in_thread=maybeDeferred)

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

    def test_longer_than_the_paper(self) -> None:
        """A caller's machine with sheets of A4 prints a longer page on two; not a row is missing, and we count one."""
        shop, ends = self.hall.shop, text_like(100).rows
        rows = np.concatenate([ends, blank(2300).rows, ends])
        append_page(shop.folder.faxes / "doc.tif", Page(1728, Resolution.FINE, rows))
        document = Document("7", "价目表", "price list", "doc.tif", 1)
        shop.until(shop.server.store.write(rules.add_document, document, shop.server.events.now()))
        self.hall.does(self.hall.first, "send_fax", "document 7")
        self.until_faxing()
        machine = self.machine(replace(ALL_SPEEDS, length=Length.A4))
        shop.until(machine.receive())
        self.is_over("success")
        printed = np.concatenate([sheet.rows for sheet in received(machine)])
        np.testing.assert_array_equal(printed[-len(rows) :], rows, "below the line at the top")
        self.assertEqual(len(machine.received), 2)
        (fax,) = shop.ask(rules.list_faxes)
        self.assertEqual(fax.pages, 1)

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
        assert isinstance(self.hall.tried, Refused)
        self.assertEqual((self.hall.tried.code, self.hall.tried.detail), (Refusal.NOT_NOW, "faxing"))

    def test_asked_for_twice_at_once(self) -> None:
        """Who presses the button twice gets one fax, which is not disturbed by the second."""
        found: list[Any] = []
        for _ in range(2):
            self.hall.first.ask("receive_fax").addBoth(found.append)  # type: ignore[union-attr]
        self.hall.until(lambda: len(found) == 2)
        self.assertEqual(found[0], 0)
        self.assertEqual(Refused.from_wire(str(found[1].value)).code, Refusal.NOT_NOW)
        self.until_faxing()
        self.assertEqual(self.hall.shop.until(self.machine().send([self.page])).result.value, "success")
        self.is_over("success")
        self.hall.until(self.they_talk)
        self.assertEqual(self.hall.shop.server._faxes.engines.n_free, 4)  # type: ignore[union-attr]

    def test_stopped_before_it_begins(self) -> None:
        """He breaks it off while its record is being written: the line does not become a fax, they talk on."""
        found: list[Any] = []
        for act in ("receive_fax", "stop_fax"):
            self.hall.first.ask(act).addBoth(found.append)  # type: ignore[union-attr]
        self.is_over("cancelled")
        self.assertEqual(found, [0, None])
        self.assertTrue(self.they_talk())
        self.assertEqual(self.hall.shop.server._faxes.engines.n_free, 4)  # type: ignore[union-attr]

    def test_agent_is_gone(self) -> None:
        """He logs out of it, or his program dies: the fax ends, and the caller is not lost in silence."""
        self.hall.does(self.hall.first, "receive_fax")
        self.until_faxing()
        self.hall.does(self.hall.first, "hang_up")
        self.hall.shop.wait(2)
        self.assertIs(self.hall.shop.server.board.statuses["line 1"].state, LineState.IDLE)
        self.assertEqual(self.hall.shop.server._faxes.engines.n_free, 4)  # type: ignore[union-attr]


class FaxDeskTests(SynchronousTestCase):
    """What is asked for at a program, outside a talk."""

    def setUp(self) -> None:
        self.hall = Hall(self, n_lines=2)
        self.all = frozenset(Right)
        self.li = self.hall.comes("801", self.all - {Right.SUPERVISOR})
        self.faxes = self.hall.shop.folder.faxes

    def ask(self, act: str, *args: object) -> Any:
        self.hall.does(self.li, act, *args)
        return self.hall.tried

    def came(self, new_id: str, person: str | None, result: str | None = "success") -> None:
        """A fax of one page, received by somebody."""
        append_page(self.faxes / f"{new_id}.tif", text_like(60))
        server = self.hall.shop.server
        fax = Fax(new_id, "in", "call-1", "line 1", "021", server.events.now(), file=f"{new_id}.tif", person=person)
        self.hall.shop.until(server.store.write(rules.begin_fax, fax))
        if result is not None:
            self.hall.shop.until(server.store.write(partial(rules.end_fax, new_id, fax.began, result, pages=1)))

    def test_a_file_of_his_own(self) -> None:
        """Given in parts, made into pages, sent behind a cover page at a time, and cancelled."""
        text = b"offer\n" * 3
        self.assertEqual(self.ask("upload_fax", "offer.txt", 0, text[:10]), 10)
        self.assertEqual(self.ask("upload_fax", "offer.txt", 10, text[10:]), len(text))
        given = self.ask("convert_fax", "offer.txt")
        self.assertEqual(given["pages"], 1)
        how = {"cover": "dear Mr Li", "at": "2030-01-01T08:00:00+08:00"}
        queued = self.ask("queue_fax", "81234567", given["source"], how)
        self.assertEqual((queued["pages"], queued["due"]), (2, "2030-01-01T00:00:00+00:00"))
        self.assertEqual([one["job"] for one in self.ask("list_fax_queue")], [queued["job"]])
        self.ask("cancel_fax", queued["job"])
        self.assertEqual(len(list(self.faxes.iterdir())), 1, "the cover goes with it; what he gave stays his")
        self.assertEqual(self.ask("list_fax_queue")[0]["state"], "cancelled")
        self.assertIsInstance(self.hall.tries(self.li, "cancel_fax", queued["job"]), Refused)

    def test_many_files(self) -> None:
        """Of what a person has given the newest are kept, and what waits to be sent; so no folder fills for years."""
        self.patch(desk, "UPLOADS_MAX", 1)
        sources = []
        for name in ("a.txt", "b.txt", "c.txt"):
            self.ask("upload_fax", name, 0, b"offer")
            sources.append(self.ask("convert_fax", name)["source"])
            if name == "a.txt":
                self.ask("queue_fax", "81234567", sources[0], {"at": "2030-01-01T08:00:00+08:00"})
        kept = {file.name for file in self.faxes.iterdir()}
        self.assertEqual(kept, {f"{source.split()[1]}.tif" for source in (sources[0], sources[2])})
        refused = self.hall.tries(self.li, "queue_fax", "81234567", sources[1], {})
        self.assertIn("there is no such document", refused.text("en"))
        self.assertEqual(self.ask("queue_fax", "81234567", sources[2], {})["pages"], 1)

    def test_no_document(self) -> None:
        """What can be no fax is refused in words; so is what there is not."""
        self.ask("upload_fax", "bad.pdf", 0, b"%PDF-1.4 and nothing else")
        refused = self.hall.tries(self.li, "convert_fax", "bad.pdf")
        self.assertIn("the PDF is damaged", refused.text("en"))
        refused = self.hall.tries(self.li, "queue_fax", "81234567", "document 99", {})
        self.assertIn("there is no such document", refused.text("en"))
        self.assertEqual(list(self.faxes.iterdir()), [])

    def test_whose(self) -> None:
        """He sees his own and nobody's, those of others only with right 1; deleted ones are gone, with their file."""
        for new_id, person in (("his", "801"), ("common", None), ("other", "802")):
            self.came(new_id, person)
        self.assertEqual({one["fax"] for one in self.ask("list_faxes")}, {"his", "common"})
        self.assertIsInstance(self.hall.tries(self.li, "open_fax", "other", "pdf", 0), Refused)
        self.assertTrue(self.ask("open_fax", "his", "1", 0)["octets"].startswith(b"\x89PNG"))
        self.ask("delete_fax", "his")
        self.assertFalse((self.faxes / "his.tif").exists())
        self.assertIsInstance(self.hall.tries(self.li, "open_fax", "his", "pdf", 0), Refused)
        self.hall.give("801", self.all)
        self.assertEqual({one["fax"] for one in self.ask("list_faxes")}, {"common", "other"})

    def test_still_coming(self) -> None:
        """A fax that is under way cannot be deleted: its pages would be lost, though they are confirmed."""
        self.came("his", "801", result=None)
        refused = self.hall.tries(self.li, "delete_fax", "his")
        self.assertIn("still under way", refused.text("en"))
        self.assertTrue((self.faxes / "his.tif").exists())

    def test_disk_full(self) -> None:
        """What cannot be written is told so, to a program in words that it can show."""
        with patch("callserver.features.faxing.files._write_part", side_effect=OSError(ENOSPC, "No space left")):
            refused = self.hall.tries(self.li, "upload_fax", "offer.txt", 0, b"offer")
        self.assertIn("the disk is full", refused.text("en"))
        self.assertIn("磁盘已满", refused.text("zh"))
        self.flushLoggedErrors(OSError)

    def test_sent_on(self) -> None:
        """A fax that came goes on to a number he may dial; by mail where a mail server is set."""
        self.came("his", "801")
        self.ask("mail_fax", "his", "81234567")
        self.assertEqual([one["number"] for one in self.ask("list_fax_queue")], ["81234567"])
        refused = self.hall.tries(self.li, "mail_fax", "his", "li@example.com")
        self.assertIn("no mail server", refused.text("en"))
        self.hall.give("801", self.all - {Right.SUPERVISOR, Right.DIAL_NATIONAL})
        self.assertIsInstance(self.hall.tries(self.li, "mail_fax", "his", "02181234567"), Refused)
