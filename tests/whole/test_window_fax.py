"""Faxes at the agents' window, in the whole server: in the talk by buttons, by themselves, looked at afterwards."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtTest import QTest
from twisted.internet.defer import maybeDeferred

from callserver.desktop.keys import Act
from callserver.desktop.presenters.fax_lines import FILE
from callserver.desktop.views.fax import FaxView
from callserver.emulator.fax_machine import ALL_SPEEDS, TelephoneFax
from callserver.fax.tiff.writer import append_page
from callserver.features.faxing import rules
from callserver.features.faxing.rules import Document
from callserver.wire.states import LineState, SeatState
from tests.desktop import qt
from tests.fax.pages import text_like
from tests.whole.fax_case import received, same
from tests.whole.window_case import WindowCase

CALLER = "13912345678"


class WindowFaxTests(WindowCase):
    def setUp(self) -> None:
        super().setUp()
        self.allow("801")
        self.page = text_like(150)
        append_page(self.shop.folder.faxes / "doc.tif", self.page)
        document = Document("7", "价目表", "price list", "doc.tif", 1)
        self.shop.until(self.shop.server.store.write(rules.add_document, document, self.shop.server.events.now()))
        self.shown = self.window("801")

    def talks(self) -> FaxView:
        """801 talks with a caller who has a fax machine, and opens the panel by its key."""
        self.call(CALLER, seconds=600)
        self.press(self.shown, Act.ANSWER)
        self.pass_s(2)
        return self.opened()

    def opened(self) -> FaxView:
        self.press(self.shown, Act.FAX)
        panel = self.shown.panel
        assert isinstance(panel, FaxView)
        return panel

    def machine(self) -> TelephoneFax:
        """Beside the caller's telephone."""
        exchange = self.shop.server.exchange
        assert exchange is not None
        return TelephoneFax(exchange.phones[CALLER], capabilities=ALL_SPEEDS, in_thread=maybeDeferred)

    def until_faxing(self) -> None:
        for _ in range(200):
            if self.shop.server.board.statuses["line 1"].state is LineState.FAXING:
                return
            self.pass_s(0.1)
        self.fail("no fax begins")

    def test_received(self) -> None:
        """One click; page and result are said; what came is in the list, new, and its page can be looked at."""
        panel = self.talks()
        qt.click(panel.receive)
        self.until_faxing()
        self.pass_s(0.5)
        self.assertTrue(panel.stop_button.isEnabled())
        said = panel.in_talk.text()
        self.assertNotEqual(said, "")
        outcome = self.shop.until(self.machine().send([self.page]))
        self.assertEqual(outcome.result.value, "success")
        self.pass_s(5)
        self.assertIn("all pages are confirmed", panel.in_talk.text())
        self.assertIs(self.state("801"), SeatState.TALKING)
        self.assertEqual(panel.lists.tabText(0), "Received and sent (1 new)")
        qt.click(panel.look)
        self.pass_s(3)
        self.assertEqual(panel.page.number.text(), "1 / 1")
        self.assertGreater(panel.page.paper.pixmap().height(), 10)
        qt.click(panel.page.close_)
        target = Path(self.mktemp())
        qt.click(panel.save_pdf)
        panel.where.setText(str(target))
        qt.click(panel.where_ok)
        self.pass_s(3)
        self.assertEqual(target.read_bytes()[:5], b"%PDF-")

    def test_sent(self) -> None:
        """A document of the library, Ctrl+Enter; the caller's machine prints it."""
        panel = self.talks()
        self.assertEqual(panel.source.currentText(), "7 price list")
        self.press(self.shown, Act.CARRY_OUT)
        self.until_faxing()
        machine = self.machine()
        self.shop.until(machine.receive())
        self.pass_s(5)
        (got,) = received(machine)
        self.assertTrue(same(got, self.page))
        self.assertIn("all pages are confirmed", panel.in_talk.text())

    def test_broken_off(self) -> None:
        """The agent breaks it off, and they talk on."""
        panel = self.talks()
        qt.click(panel.receive)
        self.until_faxing()
        self.pass_s(6)
        qt.click(panel.stop_button)
        self.pass_s(10)
        self.assertIn("broken off by us", panel.in_talk.text())
        self.assertTrue(panel.receive.isEnabled())

    def test_a_file_by_itself(self) -> None:
        """Outside a talk a file goes to a number at a time; it is in the queue, and taken back."""
        panel = self.opened()
        self.assertFalse(panel.send.isEnabled())
        file = Path(self.mktemp())
        file.with_suffix(".txt").write_text("offer\n" * 3)
        panel.source.setCurrentIndex(panel.source.findData(FILE))
        panel.source.activated.emit(panel.source.currentIndex())
        panel.path.setText(str(file.with_suffix(".txt")))
        qt.click(panel.at_time)
        panel.at.setDateTime(panel.at.dateTime().addYears(20))
        QTest.keyClicks(panel.number, "81234567")
        self.press(self.shown, Act.CARRY_OUT)
        self.pass_s(5)
        self.assertEqual((panel.notice.label.text(), panel.lists.tabText(1)), ("It is in the queue", "To be sent (1)"))
        panel.lists.setCurrentIndex(1)
        qt.click(panel.cancel)
        self.pass_s(2)
        self.assertEqual(panel.lists.tabText(1), "To be sent (0)")
