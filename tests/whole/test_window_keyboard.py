"""A whole call with an order from log-in to log-out by the keyboard alone, and how many keys each step takes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.pinning import fingerprint_of
from callserver.desktop.presenters.life import Life
from callserver.desktop.presenters.log_in_data import Typed
from callserver.desktop.views.order_form import OrderFormView
from callserver.desktop.views.program_window import ProgramWindow
from callserver.desktop.window import MainWindow
from callserver.features.shopping import rules
from callserver.wire.states import SeatState
from tests.desktop import qt
from tests.desktop.presenters.log_in_case import ONE
from tests.whole.test_window_log_in import SERVER, LogInCase, VirtualWays

ENTER = "Return"


class KeyboardCase(LogInCase):
    """Keys go where a keyboard's go: to what has the focus, or to the menu that is open."""

    def setUp(self) -> None:
        super().setUp()
        self.allow("801")
        self.n_keys = 0
        qt.application()
        settings = OwnSettings(Path(self.mktemp()))
        settings.pin("shop.example", 8787, ONE)
        ways = VirtualWays(self, fingerprint_of(settings.certificate_file("shop.example", 8787)))
        self.at = ProgramWindow()
        self.at.life = Life(self.shop.world.reactor, settings, ways, self.at, self.language, Typed(SERVER))
        self.at.life.start()
        qt.shown(self, self.at)
        self.addCleanup(self.gone, self.at)
        self.pass_s(1)

    @property
    def main(self) -> MainWindow:
        assert self.at.main is not None
        return self.at.main

    def keys(self, *pressed: str) -> None:
        """One after the other, as `QKeySequence` reads them; each is counted, and followed by half a second."""
        for one in pressed:
            QTest.keySequence(self.under_the_keys(), one)
            self.n_keys += 1
            qt.flush()
            self.pass_s(0.5)

    def words(self, words: str) -> None:
        """Typed; not counted."""
        QTest.keyClicks(self.under_the_keys(), words)
        qt.flush()

    def under_the_keys(self) -> object:
        return QApplication.activePopupWidget() or QApplication.focusWidget() or self.at

    def counted(self) -> int:
        """Keys since it was asked last."""
        n, self.n_keys = self.n_keys, 0
        return n

    def in_by_keys(self) -> None:
        """Number, Tab, password, Enter."""
        self.words("801")
        self.keys("Tab")
        self.words(self.shop.passwords["801"])
        self.keys(ENTER)
        self.pass_s(2)
        self.assertIs(self.state("801"), SeatState.IDLE_PC)
        self.counted()


class KeyboardTests(KeyboardCase):
    def test_whole_call(self) -> None:
        """Logged in; a call answered, an order put down, held, retrieved, its outcome, hung up; ready; logged out."""
        self.in_by_keys()
        self.call("13912345678", seconds=120)
        self.keys("F2")
        self.assertEqual((self.state("801"), self.counted()), (SeatState.TALKING, 1))
        self.keys("Ctrl+N")
        self.words("1001")
        self.keys(ENTER)
        self.words("2")
        self.keys(ENTER, "Ctrl+Return")
        form = self.main.panel
        assert isinstance(form, OrderFormView)
        self.assertIn("placed", form.notice.label.text())
        self.assertEqual(self.counted(), 4)
        newest, *_ = self.do(self.shop.server.store.read(rules.orders_of_member, "600001", 1))
        self.assertEqual([(line.item, line.quantity) for line in newest.lines], [("1001", 2)])
        self.keys("Ctrl+3")
        self.assertEqual((self.main.tabs.currentIndex(), self.main.panel, self.counted()), (2, None, 1))
        self.keys("F6")
        self.assertEqual((self.state("801"), self.counted()), (SeatState.HELD, 1))
        self.keys("F6")
        self.assertEqual((self.state("801"), self.counted()), (SeatState.TALKING, 1))
        self.keys("F4")
        self.assertEqual((self.state("801"), self.counted()), (SeatState.PAUSED, 1))
        self.keys("Alt+1")
        self.words("two of 1001")
        self.keys("Ctrl+Return")
        self.assertEqual((self.state("801"), self.counted()), (SeatState.IDLE_PC, 2))
        self.keys("Ctrl+Q")
        self.pass_s(1)
        self.assertIs(self.state("801"), SeatState.OFF)
        self.assertIsNotNone(self.at.log_in)
        self.assertTrue(self.at.isActiveWindow())

    def test_find(self) -> None:
        """Somebody calls from elsewhere: F5, a part of the name, Enter, and his record is there."""
        self.in_by_keys()
        self.keys("F5")
        self.words("Li Ming")
        self.keys(ENTER)
        self.assertIsNone(self.main.panel)
        self.assertEqual((self.main.work.record.member, self.counted()), ("600001", 2))

    def test_pause_and_ready(self) -> None:
        """Ctrl+P and a digit; Ctrl+R."""
        self.in_by_keys()
        self.keys("Ctrl+P", "2")
        self.assertEqual((self.state("801"), self.counted()), (SeatState.PAUSED, 2))
        self.keys("Ctrl+R")
        self.assertEqual((self.state("801"), self.counted()), (SeatState.IDLE_PC, 1))

    def test_consult(self) -> None:
        """F8, a colleague's digit, Enter; F8 hands the call over."""
        self.allow("802")
        colleague = self.program("802")
        self.in_by_keys()
        self.do(colleague.pause("break"))  # so that the call rings here
        self.call("13912345678", seconds=120)
        self.keys("F2")
        self.do(colleague.ready())
        self.counted()
        self.keys("F8", "1", ENTER)
        self.assertIs(self.state("802"), SeatState.RINGING)
        self.do(colleague.answer())
        self.pass_s(1)
        self.keys("F8")
        self.pass_s(1)
        self.assertIs(self.state("802"), SeatState.TALKING)
        self.assertEqual(self.counted(), 4)
        self.assertNotIn(self.state("801"), (SeatState.TALKING, SeatState.HELD))

    def test_tab_comes_round(self) -> None:
        """Whatever can be clicked is come to by Tab, and no place holds it fast."""
        self.in_by_keys()
        seen = []
        for _ in range(120):
            QTest.keyClick(self.under_the_keys(), Qt.Key.Key_Tab)
            now = QApplication.focusWidget()
            assert now is not None
            if now in seen:
                break
            seen.append(now)
        self.assertTrue(self.main.tabs.widget(0).isAncestorOf(seen[-1]))
        for one in (self.main.bar.pause, self.main.bar.menu, self.main.tabs.tabBar()):
            self.assertIn(one, seen)
