"""The panel of messages: whom, what, and what was written before."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton

from callserver.desktop.presenters.messages import EVERYBODY, Messages, MessagesData, toggled
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.row_list import RowList
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.theme import GRID, LARGE_PX, sized
from callserver.desktop.views.widgets import Notice, name, tooltip

TEXT_MAX, PEOPLE_PX = 500, 200


class MessagesView(Screen):
    """Enter on a colleague puts him into the field, or takes him out; Enter in the text sends it."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words = work.words
        heading = QLabel(words("Messages"))
        heading.setFont(sized(LARGE_PX, bold=True))
        self.whom = name(QLineEdit(placeholderText=words("Staff numbers")), words("To whom"))
        self.text = name(QLineEdit(maxLength=TEXT_MAX, placeholderText=words("Message")), words("Message"))
        self.everybody, self.send = QPushButton(), QPushButton(f"{words('Send')} Enter")
        self.people, self.list = RowList(words("Colleagues")), RowList(words("Messages"))
        self.nothing, self.whole, self.notice = QLabel(), QLabel(wordWrap=True), Notice()
        self.more = QPushButton(words("Older ones"))
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        self.people.setFixedWidth(PEOPLE_PX)
        lines, row, below = column(self), QHBoxLayout(), QHBoxLayout()
        lines.addWidget(heading)
        for part, stretch in ((self.whom, 1), (self.everybody, 0), (self.text, 3), (self.send, 0)):
            row.addWidget(part, stretch)
        lines.addLayout(row)
        lines.addWidget(self.notice)
        below.setSpacing(GRID)
        below.addWidget(self.people)
        below.addWidget(self.nothing, 1, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.list, 1)
        lines.addLayout(below, 1)
        lines.addWidget(self.whole)
        lines.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self._sending, self._n_sent = "", 0
        self.presenter: Messages = Messages(work, self.show_data)
        self._connect()

    def show_data(self, data: MessagesData) -> None:
        """Paint it."""
        self.people.show_rows(data.people)
        self.list.show_rows(data.rows)
        self.nothing.setText(data.nothing)
        self.nothing.setVisible(bool(data.nothing))
        self.list.setVisible(not data.nothing)
        self.everybody.setText(data.everybody)
        self.everybody.setEnabled(data.may_everybody)
        tooltip(self.everybody, data.why_not)
        self.more.setVisible(data.more)
        if data.n_sent != self._n_sent and self.text.text() == self._sending:  # what was refused stays to be sent
            self.text.clear()
        self._n_sent = data.n_sent
        self.notice.show_either(data.problem, data.info)

    def carry_out(self) -> None:
        self._send()

    def take_focus(self) -> None:
        self.presenter.opened()
        (self.text if self.whom.text() else self.whom).setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another panel, or none: what comes is counted again."""
        super().hideEvent(event)
        self.presenter.closed()

    def may_close(self) -> bool:
        return not self.text.text().strip()

    def _send(self) -> None:
        self._sending = self.text.text()
        self.presenter.send(self.whom.text(), self._sending)

    def _everybody(self) -> None:
        self.whom.setText(EVERYBODY)

    def _person(self, number: str) -> None:
        self.whom.setText(toggled(self.whom.text(), number))

    def _shown(self, key: str) -> None:
        self.whole.setText(self.presenter.text_of(key))

    def _answer(self, key: str) -> None:
        self.whom.setText(self.presenter.answer_to(key))
        self.text.setFocus()

    def _connect(self) -> None:
        self.whom.returnPressed.connect(self.text.setFocus)
        self.text.returnPressed.connect(self._send)
        self.send.clicked.connect(self._send)
        self.everybody.clicked.connect(self._everybody)
        self.people.carried_out.connect(self._person)
        self.list.chosen.connect(self._shown)
        self.list.carried_out.connect(self._answer)
        self.more.clicked.connect(self.presenter.more)
