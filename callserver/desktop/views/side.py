"""The column at the right of the tabs; in a narrow window it is a tab itself."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel

from callserver.desktop.keys import Act, keys, shown
from callserver.desktop.presenters.side import Side, SideData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.row_list import RowList
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.theme import GRID, TEXT_PX, sized
from callserver.desktop.views.widgets import ActionButton, Notice, tooltip

WIDTH = 190


class SideView(Screen):
    """Two lists, and the two ways to take a call from them."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words, table = work.words, keys(work.settings.now.keys)
        self.colleagues, self.waiting = RowList(words("Colleagues")), RowList(words("Waiting"))
        self.nobody_here, self.nobody_waits = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.grab_button = ActionButton(words(Act.GRAB.value), shown(table[Act.GRAB]))
        self.pick_up_button = ActionButton(words(Act.PICK_UP.value), shown(table[Act.PICK_UP]))
        self.notice = Notice()
        self._headings: list[QLabel] = []
        lines = column(self, margin=0, spacing=GRID // 2)
        for title, rows, nobody in (
            ("Colleagues", self.colleagues, self.nobody_here),
            ("Waiting", self.waiting, self.nobody_waits),
        ):
            heading = QLabel(words(title))
            heading.setFont(sized(TEXT_PX, bold=True))
            self._headings.append(heading)
            nobody.setTextFormat(Qt.TextFormat.PlainText)
            lines.addWidget(heading)
            lines.addWidget(nobody, 1, Qt.AlignmentFlag.AlignTop)  # in the list's place: no heading floats
            lines.addWidget(rows, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID // 2)
        buttons.addWidget(self.grab_button, 1)
        buttons.addWidget(self.pick_up_button, 1)
        lines.addLayout(buttons)
        lines.addWidget(self.notice)
        self.presenter: Side = Side(work, self.show_data)
        self.grab_button.clicked.connect(self.grab_chosen)
        self.pick_up_button.clicked.connect(self.pick_up_chosen)
        self.waiting.carried_out.connect(self.presenter.grab)
        self.colleagues.carried_out.connect(self.presenter.pick_up)

    def show_data(self, data: SideData) -> None:
        """Paint it."""
        self.colleagues.show_rows(data.colleagues)
        self.waiting.show_rows(data.waiting)
        for part in (self.colleagues, self.waiting):
            part.show_old(data.is_old)
        for heading in (*self._headings, self.nobody_here, self.nobody_waits):
            heading.setEnabled(not data.is_old)
        for label, words, rows in (
            (self.nobody_here, data.nobody_here, self.colleagues),
            (self.nobody_waits, data.nobody_waits, self.waiting),
        ):
            label.setText(words)
            label.setVisible(bool(words))
            rows.setVisible(not words)
        self._show_button(self.grab_button, data.may_grab, data.grab_why_not)
        self._show_button(self.pick_up_button, data.may_pick_up, data.pick_up_why_not)
        self.notice.show_problem(data.problem)

    def grab_chosen(self) -> None:
        """Ctrl+G: who is chosen in the list, or the first."""
        self.presenter.grab(self.waiting.key)

    def pick_up_chosen(self) -> None:
        """Ctrl+U: at the colleague who is chosen, or wherever it has rung longest."""
        self.presenter.pick_up(self.colleagues.key)

    def _show_button(self, button: ActionButton, may: bool, why_not: str) -> None:
        if button.hasFocus() and not may:
            self.window().setFocus()
        button.setEnabled(may)
        tooltip(button, why_not)
