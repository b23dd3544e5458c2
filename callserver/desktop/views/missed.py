"""The panel of missed calls, with the voice mail beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from callserver.desktop.presenters.missed import Missed, MissedData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.row_list import RowList
from callserver.desktop.views.screen import Screen
from callserver.desktop.views.theme import GRID, LARGE_PX, sized
from callserver.desktop.views.voice_mail import VoiceMailView
from callserver.desktop.views.widgets import Notice


class MissedView(Screen):
    """Ctrl+M, Enter: the first one is called back."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words = work.words
        heading = QLabel(words("Missed calls"))
        heading.setFont(sized(LARGE_PX, bold=True))
        self.list, self.nothing, self.notice = RowList(words("Missed calls")), QLabel(wordWrap=True), Notice()
        self.call = QPushButton(f"{words('Call back')} Enter")
        self.settle = QPushButton(words("Needs no call"))
        self.mail = VoiceMailView(work)
        both = QHBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(GRID)
        left = QVBoxLayout()
        left.setContentsMargins(GRID, GRID, 0, GRID)
        left.setSpacing(GRID)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.call)
        buttons.addWidget(self.settle)
        buttons.addStretch(1)
        left.addWidget(heading)
        left.addWidget(self.nothing, 1, Qt.AlignmentFlag.AlignTop)  # in the list's place
        left.addWidget(self.list, 1)
        left.addLayout(buttons)
        left.addWidget(self.notice)
        both.addLayout(left, 1)
        both.addWidget(self.mail, 1)
        self.presenter: Missed = Missed(work, self.show_data)
        self.list.carried_out.connect(self.presenter.call)
        self.call.clicked.connect(self.carry_out)
        self.settle.clicked.connect(self._settle)

    def show_data(self, data: MissedData) -> None:
        """Paint it; the first one is chosen until somebody chooses another."""
        self.list.show_rows(data.rows)
        if not self.list.key and data.rows:
            self.list.choose(next((row.key for row in data.rows if not row.why_not), data.rows[0].key))
        self.nothing.setText(data.nothing)
        self.nothing.setVisible(bool(data.nothing))
        self.list.setVisible(not data.nothing)
        for button in (self.call, self.settle):
            button.setEnabled(bool(data.rows))
        self.call.setEnabled(data.may_call and bool(data.rows))
        self.notice.show_problem(data.problem)

    def begin(self) -> None:
        super().begin()
        self.mail.begin()

    def leave(self) -> None:
        self.mail.leave()
        super().leave()

    def carry_out(self) -> None:
        self.presenter.call(self.list.key)

    def take_focus(self) -> None:
        self.presenter.opened()
        self.mail.presenter.opened()
        self.list.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another panel, or none."""
        super().hideEvent(event)
        self.presenter.closed()

    def _settle(self) -> None:
        self.presenter.settle(self.list.key)
