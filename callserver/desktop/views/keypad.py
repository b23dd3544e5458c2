"""The panel with a telephone's twelve keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QLabel, QPushButton

from callserver.desktop.presenters.keypad import KEYS, Keypad, KeypadData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.theme import GRID, HUGE_PX, LARGE_PX, sized
from callserver.desktop.views.widgets import Notice, name

KEY_PX = 7 * GRID


class KeypadView(Screen):
    """Typed keys count as pressed ones; an input method is off here, or it would keep them to itself."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAccessibleName(work.words("Keypad"))
        heading = QLabel(work.words("Keypad"))
        heading.setFont(sized(LARGE_PX, bold=True))
        self.sent, self.notice = QLabel(), Notice()
        self.sent.setFont(sized(HUGE_PX))
        self.sent.setTextFormat(Qt.TextFormat.PlainText)
        name(self.sent, work.words("Sent"))
        self.buttons = QButtonGroup(self)
        grid = QGridLayout()
        grid.setSpacing(GRID)
        for n, key in enumerate(KEYS):
            button = QPushButton(key, autoDefault=False)
            button.setFixedSize(KEY_PX, KEY_PX)
            button.setFont(sized(LARGE_PX))
            button.setAutoRepeat(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.buttons.addButton(button, n)
            grid.addWidget(button, n // 3, n % 3)
        lines, row = column(self), QHBoxLayout()
        row.addLayout(grid)
        row.addStretch(1)
        for part in (heading, self.sent):
            lines.addWidget(part)
        lines.addLayout(row)
        lines.addWidget(self.notice)
        lines.addStretch(1)
        self.presenter: Keypad = Keypad(work, self.show_data)
        self.buttons.idClicked.connect(self._pressed)

    def show_data(self, data: KeypadData) -> None:
        """Paint it."""
        self.sent.setText(data.sent or "–")
        for button in self.buttons.buttons():
            button.setEnabled(data.may)
        self.notice.show_problem(data.problem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit, star or hash of the keyboard."""
        if event.text() and event.text() in KEYS and not event.isAutoRepeat():
            self.presenter.press(event.text())
        else:
            super().keyPressEvent(event)

    def _pressed(self, which: int) -> None:
        self.presenter.press(KEYS[which])
