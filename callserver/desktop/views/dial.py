"""The panel of dialling."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from callserver.desktop.presenters.dial import Dial, DialData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.parked import ParkedView
from callserver.desktop.views.row_list import RowList
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.theme import GRID, LARGE_PX, sized
from callserver.desktop.views.widgets import Notice

DIGITS_MAX = 40  # with blanks and dashes


class DialView(Screen):
    """One field, and the button that Enter presses; below them what was dialled last, and who is parked."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        heading = QLabel(work.words("Dial"))
        heading.setFont(sized(LARGE_PX, bold=True))
        self.number = QLineEdit(
            maxLength=DIGITS_MAX,
            placeholderText=work.words("A colleague's or any other number; * and a place: who is parked there"),
        )
        self.number.setAccessibleName(work.words("Number"))
        self.dial, self.notice = QPushButton(f"{work.words('Dial')} Enter"), Notice()
        self.recent, self.nothing = RowList(work.words("Dialled last")), QLabel(wordWrap=True)
        self.parked = ParkedView(work)
        self.parked.done.connect(self.close_panel)
        lines, row = column(self), QHBoxLayout()
        lines.addWidget(heading)
        row.addWidget(self.number, 1)
        row.addWidget(self.dial)
        lines.addLayout(row)
        lines.addWidget(self.notice)
        left, lists = QVBoxLayout(), QHBoxLayout()
        left.setSpacing(GRID)
        left.addWidget(QLabel(work.words("Dialled last")))
        left.addWidget(self.nothing, 1, Qt.AlignmentFlag.AlignTop)  # in the list's place
        left.addWidget(self.recent, 1)
        left.addSpacing(3 * GRID)  # beside the parked ones' notice
        lists.addLayout(left, 1)
        lists.addWidget(self.parked, 1)
        lists.setSpacing(2 * GRID)
        lines.addLayout(lists, 1)
        self.presenter: Dial = Dial(work, self.show_data)
        self.number.returnPressed.connect(self.carry_out)
        self.dial.clicked.connect(self.carry_out)
        self.recent.chosen.connect(self.number.setText)
        self.recent.carried_out.connect(self._again)

    def begin(self) -> None:
        super().begin()
        self.parked.begin()

    def leave(self) -> None:
        super().leave()
        self.parked.leave()

    def show_data(self, data: DialData) -> None:
        """Paint it."""
        self.notice.show_problem(data.problem)
        self.recent.show_rows(data.recent)
        self.recent.setVisible(not data.nothing)
        self.nothing.setText(data.nothing)
        self.nothing.setVisible(bool(data.nothing))

    def carry_out(self) -> None:
        self.number.setText(self.presenter.dial(self.number.text()))

    def _again(self, number: str) -> None:
        """Enter or a double click on a number."""
        self.number.setText(self.presenter.dial(number))

    def take_focus(self) -> None:
        self.number.setFocus()
        self.number.selectAll()
