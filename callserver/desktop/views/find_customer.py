"""The panel in which customers are looked for."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton

from callserver.desktop.presenters.find_customer import WORDS_MAX, FindCustomer, FindCustomerData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.table import Table
from callserver.desktop.views.theme import LARGE_PX, sized
from callserver.desktop.views.widgets import Notice, name

WIDTHS_PX = (88, 160, 200)  # the address has what is left


class FindCustomerView(Screen):
    """F5, the words, Enter: one who is alone in matching is there at once, of several one is chosen."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words = work.words
        heading = QLabel(words("Find customer"))
        heading.setFont(sized(LARGE_PX, bold=True))
        self.words = name(QLineEdit(maxLength=WORDS_MAX), words("What to look for"))
        self.look, self.notice = QPushButton(f"{words('Find')} Enter"), Notice()
        titles = (words("Member"), words("Name"), words("Telephones"), words("Address"))
        self.table = Table(words("Customers who match"), titles)
        self.table.set_widths(*WIDTHS_PX)
        row, lines = QHBoxLayout(), column(self)
        row.addWidget(self.words, 1)
        row.addWidget(self.look)
        lines.addWidget(heading)
        lines.addLayout(row)
        lines.addWidget(self.notice)
        lines.addWidget(self.table, 1)
        self.presenter: FindCustomer = FindCustomer(work, self.show_data, self.close_panel)
        self.words.returnPressed.connect(self._asked)
        self.look.clicked.connect(self._asked)
        self.table.chosen.connect(self._chosen)
        self.table.end_seen.connect(self.presenter.more)
        self._found: tuple[tuple[str, str, str, str], ...] = ()
        self._n_answers = 0

    def show_data(self, data: FindCustomerData) -> None:
        """Paint it; who has looked goes on to the list with Enter or the arrow."""
        is_new = data.n_answers != self._n_answers
        self._found, self._n_answers = data.found, data.n_answers
        self.table.show_rows(data.found)
        self.notice.show_either(data.problem, data.note)
        if is_new and data.found and self.words.hasFocus():
            self.table.setFocus()

    def carry_out(self) -> None:
        row = self.table.currentIndex().row()
        if 0 <= row < len(self._found):
            self._chosen(row)

    def take_focus(self) -> None:
        self.words.setFocus()
        self.words.selectAll()

    def _asked(self) -> None:
        self.presenter.find(self.words.text())

    def _chosen(self, row: int) -> None:
        self.presenter.choose(self._found[row][0])
