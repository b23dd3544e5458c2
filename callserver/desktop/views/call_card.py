"""The card at the left: the call that rings, is in hand, or was the last."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from callserver.desktop.foreign import one_line
from callserver.desktop.keys import Act, keys, shown
from callserver.desktop.presenters.call_card import CallCard, CallCardData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.actions import Actions
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.theme import GRID, LARGE_PX, colours, sized
from callserver.desktop.views.widgets import ElidedLabel, Notice, announce
from callserver.wire.states import SeatState

WIDTH = 300
FRAME_PX = 3


class CallCardView(Screen):
    """While it rings it has an amber frame and its own two buttons; nothing pops up, no focus moves."""

    def __init__(self, work: Workplace, actions: Actions) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self.frame = QFrame()
        self.frame.setObjectName("card")
        self.title, self.name, self.number = ElidedLabel(), ElidedLabel(foreign=True), ElidedLabel(foreign=True)
        self.identity, self.details, self.ended = ElidedLabel(), QLabel(wordWrap=True), ElidedLabel(foreign=True)
        self.other = ElidedLabel(foreign=True)
        self.notice = Notice()
        self.details.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setFont(sized(LARGE_PX, bold=True))
        table = keys(work.settings.now.keys)
        self.choose = QPushButton(f"{work.words('Choose')} {shown(table[Act.TAB_1])}")
        self.answer = QPushButton(f"{work.words('Answer')} {shown(table[Act.ANSWER])}")
        self.reject = QPushButton(f"{work.words('Reject')} {shown(table[Act.REJECT])}")
        self._lay_out()
        self.choose.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.choose.clicked.connect(actions[Act.TAB_1].trigger)
        self.answer.clicked.connect(actions[Act.ANSWER].trigger)
        self.reject.clicked.connect(actions[Act.REJECT].trigger)
        self._rings = False
        self._announced = f"{work.words('Incoming call')} {{name}}"
        self.presenter: CallCard = CallCard(work, self.show_data)

    def show_data(self, data: CallCardData) -> None:
        """Paint it."""
        self.title.setText(data.title)
        self.name.setText(data.name)
        self.number.setText(data.number)
        self.identity.setText(data.identity)
        self.details.setText("\n".join(data.details))
        self.ended.setText(data.ended)
        self.other.setText(data.other)
        for line in (self.title, self.name, self.number, self.identity, self.details, self.ended, self.other):
            line.setVisible(bool(line.text()))  # no holes in the card
        self.notice.show_problem(data.problem)
        self.choose.setVisible(data.several)
        self.answer.setVisible(data.rings)
        self.reject.setVisible(data.rings)
        for label in (self.name, self.number, self.identity, self.details):
            label.setEnabled(not data.is_over)
        if data.rings and not self._rings:
            announce(self, self._announced.format(name=one_line(data.name)), assertive=True)
        self._rings = data.rings
        ringing = colours(self.palette()).states[SeatState.RINGING]
        frame = f"{FRAME_PX}px solid {ringing}" if data.rings else f"1px solid {colours(self.palette()).frame}"
        self.frame.setStyleSheet(f"QFrame#card {{ border: {frame}; border-radius: 4px }}")

    def _lay_out(self) -> None:
        outer = column(self)
        outer.addWidget(self.frame)
        inner = column(self.frame)
        for widget in (
            self.title,
            self.name,
            self.number,
            self.identity,
            self.choose,
            self.details,
            self.ended,
            self.other,
            self.notice,
        ):
            inner.addWidget(widget)
        inner.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.answer)
        buttons.addWidget(self.reject)
        inner.addLayout(buttons)
