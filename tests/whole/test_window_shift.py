"""A shift at the window, accelerated: call after call, and nothing is left of them in the program."""

from __future__ import annotations

import gc
from collections import Counter
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from callserver.desktop.keys import KEYS, Act
from callserver.desktop.panels import PANELS
from callserver.desktop.window import MainWindow
from callserver.emulator.script_run import run_script
from callserver.wire.states import SeatState
from tests.desktop import qt
from tests.whole.window_case import WindowCase

N_CALLS, SETTLED = 40, 20  # what is kept for good has been made after so many
RSS_GROWTH = 0.03  # of what the process had then: the server is in it, too
SMAPS = Path("/proc/self/statm")
PAGE_KB = 4
CALL = """
caller 139{n:08}
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
    return int(SMAPS.read_text().split()[1]) * PAGE_KB


class ShiftTests(WindowCase):
    def one_call(self, n: int) -> None:
        """It rings, is answered, sometimes held, gets its outcome; between two calls a panel is opened and closed."""
        exchange = self.shop.server.exchange
        assert exchange is not None
        shop = self.shop.server.config.exchange.number
        calling: Any = run_script(exchange, CALL.format(n=n % 10, shop=shop, seconds=5))
        self.until_state(SeatState.RINGING)
        self.key(Act.ANSWER)
        self.assertEqual(self.at.bar.state.text(), "Talking")
        if n % 4 == 0:
            self.key(Act.HOLD)
            self.key(Act.HOLD)
        self.key(PANELS_OF_A_DAY[n % len(PANELS_OF_A_DAY)])
        self.key(Act.CLOSE)
        QTest.keySequence(self.at, "Alt+1")
        QTest.keyClicks(self.at.outcome.note, "talked")
        QTest.keyClick(self.at.outcome.note, Qt.Key.Key_Return)
        self.key(Act.HANG_UP)
        self.do(calling)
        self.until_state(SeatState.IDLE_PC, Act.READY)

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

    def test_shift(self) -> None:
        """After forty calls there are as many objects as after twenty, hardly more memory, and nobody else listens."""
        self.allow("801")
        self.at = self.window("801")
        for act in PANELS:
            self.at.open(act)
            self.pass_s(0.1)
        self.at.close_panel()
        for n in range(SETTLED):
            self.one_call(n)
        before, kinds, watchers, kb = ours(), of_qt(self.at), self.watchers(), rss_kb()
        for n in range(SETTLED, N_CALLS):
            self.one_call(n)
        self.assertEqual(of_qt(self.at), kinds)
        self.assertEqual(self.watchers(), watchers)
        after = ours()
        grown = {name: (before[name], after[name]) for name in after if after[name] > before[name] + 2}
        self.assertEqual(grown, {})
        self.assertLess((rss_kb() - kb) / kb, RSS_GROWTH, (kb, rss_kb()))

    def test_nobody_stays(self) -> None:
        """Who logs out leaves nobody behind who is told of anything, and no screen."""
        self.allow("801")
        self.at = self.window("801")
        for act in PANELS:
            self.at.open(act)
            self.pass_s(0.1)
        self.at.leave()
        self.assertEqual(self.watchers(), (0, 0, 0))
