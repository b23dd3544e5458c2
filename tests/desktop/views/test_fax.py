"""The panel of faxes by clicks and keys, as far as a server is not needed for it."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from callserver.desktop.presenters.fax_lines import FILE
from callserver.desktop.views.fax import FaxView
from tests.desktop import qt
from tests.desktop.presenters.test_fax import PRICES, came, job
from tests.desktop.presenters.work_case import WorkCase


def png() -> bytes:
    """A white page."""
    image = QImage(1728, 2200, QImage.Format.Format_Grayscale8)
    image.fill(255)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs ask for bytes
    return bytes(buffer.data().data())


class FaxViewTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        qt.application()
        self.view = FaxView(self.work)
        qt.shown(self, self.view, 640, 400)
        self.view.begin()
        self.addCleanup(self.view.leave)
        self.view.take_focus()
        for answer in ([PRICES], [came("a"), came("b", pages=0)], [job()]):
            self.client.answers(answer)
        qt.flush()

    def test_heading(self) -> None:
        """Which panel it is stands in it."""
        self.assertTrue(self.view.heading.isVisible())
        self.assertEqual(self.view.heading.text(), "Faxes")

    def press(self, button: QPushButton) -> None:
        qt.click(button)

    def test_sent_by_itself(self) -> None:
        """A document, a number, Enter; a file has a field for its path."""
        self.assertFalse(self.view.later.isEnabled())
        QTest.keyClicks(self.view.number, "021 1234 5678")
        self.assertTrue(self.view.later.isEnabled())
        QTest.keyClick(self.view.number, Qt.Key.Key_Return)
        self.assertEqual(self.client.asked[-1], ("queue_fax", "02112345678", "document 7", {}))
        self.assertFalse(self.view.path.isVisible())
        self.view.source.setCurrentIndex(self.view.source.findData(FILE))
        self.view.source.activated.emit(1)
        self.assertTrue(self.view.path.isVisible())

    def test_at_a_time(self) -> None:
        """Not before a time, which is told with this computer's offset."""
        self.press(self.view.at_time)  # type: ignore[arg-type]
        self.view.number.setText("02112345678")
        self.press(self.view.later)
        (at,) = self.client.asked[-1][3].values()
        self.assertRegex(at, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$")

    def test_looked_at(self) -> None:
        """A page is shown as wide as there is room, turned where there is one; then the list is there again."""
        self.press(self.view.look)
        octets = png()
        self.client.answers({"octets": octets, "total": len(octets)})
        qt.flush()
        self.assertEqual(self.view.page.number.text(), "1 / 2")
        self.assertEqual((self.view.page.back.isEnabled(), self.view.page.forward.isEnabled()), (False, True))
        self.assertGreater(self.view.page.paper.pixmap().width(), 500)
        self.press(self.view.page.close_)
        self.assertIs(self.view.below.currentWidget(), self.view.lists)

    def test_nothing_to_see(self) -> None:
        """One without a page can be traced and deleted, and no more."""
        self.view.faxes.selectRow(1)
        qt.flush()
        self.assertFalse(self.view.look.isEnabled() or self.view.save_pdf.isEnabled() or self.view.send_on.isEnabled())
        self.press(self.view.trace)
        self.client.answers(["    0.100 DIS"])
        self.assertTrue(self.view.page.trace.isVisible())

    def test_sent_on(self) -> None:
        """Where to is typed in the window; it can be left again."""
        self.press(self.view.send_on)
        self.press(self.view.where_cancel)
        self.assertTrue(self.view.look.isVisible())
        self.press(self.view.send_on)
        QTest.keyClicks(self.view.where, "li@example.com")
        QTest.keyClick(self.view.where, Qt.Key.Key_Return)
        self.assertEqual(self.client.asked[-1], ("mail_fax", "a", "li@example.com"))

    def test_cancelled(self) -> None:
        """What waits to be sent is taken back."""
        self.view.lists.setCurrentIndex(1)
        qt.flush()
        self.press(self.view.cancel)
        self.assertEqual(self.client.asked[-1], ("cancel_fax", "job-1"))
