"""Calls of a shift at the window, accelerated: all that an agent does in a day, and what is left of it in memory."""

from __future__ import annotations

import gc
from collections import Counter
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from callserver.desktop.client import AgentClient
from callserver.desktop.keys import KEYS, Act
from callserver.desktop.panels import PANELS
from callserver.desktop.views.order_form import OrderFormView
from callserver.desktop.window import MainWindow
from callserver.emulator.script_run import run_script
from callserver.wire.states import SeatState
from callserver.wire.targets import Target, TargetKind
from tests.desktop import qt
from tests.whole.window_case import WindowCase

STATM = Path("/proc/self/statm")
PAGE_KB = 4
LI = "13912345678"
CALL = """
caller {number}
dial {shop}
wait answer
wait 2
press 1
wait 2
press 0
wait {seconds}
hang up
"""
PANELS_OF_A_DAY = [Act.DIAL, Act.TRANSFER, Act.FIND, Act.MISSED, Act.MESSAGES, Act.KEYPAD, Act.KEYS, Act.BOARD]
TABS_OF_A_DAY = [Act.TAB_1, Act.TAB_2, Act.TAB_3, Act.TAB_4, Act.TAB_5, Act.TAB_6]
HOLD_EACH, ORDER_EACH, CONSULT_EACH, PAUSE_EACH = 4, 5, 6, 10  # so many calls


def ours() -> Counter[str]:
    """Python objects of the program's classes, by class."""
    gc.collect()
    return Counter(
        type(one).__qualname__ for one in gc.get_objects() if str(type(one).__module__).startswith("callserver.desktop")
    )


def of_qt(window: MainWindow) -> Counter[str]:
    """Qt's objects under the window, and every widget of the program, by kind."""
    qt.flush()
    counted = Counter(type(one).__name__ for one in window.findChildren(QObject))
    return counted + Counter(f"any {type(one).__name__}" for one in QApplication.allWidgets())


def rss_kb() -> int:
    """What the process has in memory."""
    return int(STATM.read_text().split()[1]) * PAGE_KB


class ShiftCase(WindowCase):
    """801 works at `self.at`; 802, whom he asks now and then, has a pause otherwise."""

    def begin(self) -> None:
        """Both are there, and every panel has been open once."""
        for number in ("801", "802"):
            self.allow(number)
        self.colleague: AgentClient = self.program("802")
        self.do(self.colleague.pause("break"))
        self.at = self.window("801")
        for act in PANELS:
            self.at.open(act)
            self.pass_s(0.1)
        self.at.close_panel()

    def one_call(self, n: int) -> None:
        """Answered, looked at, perhaps held, an order, a colleague asked; note, outcome, ready, perhaps a pause."""
        exchange = self.shop.server.exchange
        assert exchange is not None
        shop = self.shop.server.config.exchange.number
        number = LI if n % ORDER_EACH == 0 else f"139{n % 10:08}"
        calling: Any = run_script(exchange, CALL.format(number=number, shop=shop, seconds=12))
        self.until_state(SeatState.RINGING)
        self.key(Act.ANSWER)
        self.assertEqual(self.at.bar.state.text(), "Talking")
        if n % HOLD_EACH == 0:
            self.key(Act.HOLD)
            self.key(Act.HOLD)
        self.key(PANELS_OF_A_DAY[n % len(PANELS_OF_A_DAY)])
        self.key(Act.CLOSE)
        self.key(TABS_OF_A_DAY[n % len(TABS_OF_A_DAY)])
        if n % ORDER_EACH == 0:
            self.order()
        QTest.keySequence(self.at, "Alt+1")
        QTest.keyClicks(self.at.outcome.note, f"talked about {n}")
        QTest.keyClick(self.at.outcome.note, Qt.Key.Key_Return)
        if n % CONSULT_EACH == 1:
            self.consult(hand_over=n % (2 * CONSULT_EACH) == 1)
        if self.state("801") in (SeatState.TALKING, SeatState.HELD):
            self.key(Act.HANG_UP)
        self.do(calling)
        if n % PAUSE_EACH == 3:
            self.pause()
        self.until_state(SeatState.IDLE_PC, Act.READY)

    def order(self) -> None:
        """One piece to the stored address."""
        self.key(Act.NEW_ORDER)
        form = self.at.panel
        assert isinstance(form, OrderFormView)
        for field, typed in ((form.item, "1001"), (form.pieces, "1")):
            QTest.keyClicks(field, typed)
            QTest.keyClick(field, Qt.Key.Key_Return)
            self.pass_s(0.2)
        self.key(Act.CARRY_OUT)
        self.pass_s(0.2)
        self.assertIn("placed", form.notice.label.text())
        self.key(Act.CLOSE)

    def consult(self, hand_over: bool) -> None:
        """The colleague answers; the caller is his then, or ours again."""
        self.do(self.colleague.ready())
        self.do(self.at.work.client.consult(Target(TargetKind.SEAT, "802")))
        self.pass_s(0.3)
        self.do(self.colleague.answer())
        self.pass_s(0.3)
        self.do(self.colleague.pause("break"))  # from the end of this call on
        if hand_over:
            self.key(Act.TRANSFER)
        else:
            self.do(self.at.work.client.cancel())
            self.pass_s(0.3)

    def pause(self) -> None:
        """A break; it is over at once."""
        self.until_state(SeatState.IDLE_PC, Act.READY)
        self.do(self.at.work.client.pause("break"))
        self.pass_s(0.3)
        self.assertEqual(self.state("801"), SeatState.PAUSED)

    def key(self, act: Act) -> None:
        """And the little time that an answer takes."""
        QTest.keySequence(self.at, KEYS[act])
        self.pass_s(0.1)

    def until_state(self, state: SeatState, key: Act | None = None) -> None:
        """Time passes until the seat is there, by a key perhaps."""
        for _ in range(60):
            if self.state("801") is state:
                break
            if key is not None and self.at.bar.ready.isEnabled():
                self.key(key)
            self.pass_s(0.5)
        self.assertIs(self.state("801"), state)
        self.pass_s(0.1)

    def watchers(self) -> tuple[int, int, int]:
        """Who is told of what: by the model, each second, of another record."""
        work = self.at.work
        return len(work.model._watchers), len(work.seconds._watchers), len(work.record._watchers)
