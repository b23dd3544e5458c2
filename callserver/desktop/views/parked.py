"""The list of parked calls: Enter or a double click fetches one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from callserver.desktop.presenters.parked import Parked, ParkedData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.row_list import RowList
from callserver.desktop.views.screen import column
from callserver.desktop.views.seen_screen import SeenScreen
from callserver.desktop.views.widgets import Notice


class ParkedView(SeenScreen):
    """Beside what was dialled last."""

    presenter: Parked

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        self.rows, self.nobody, self.notice = RowList(work.words("Parked calls")), QLabel(wordWrap=True), Notice()
        lines = column(self, margin=0)
        lines.addWidget(QLabel(work.words("Parked calls")))
        lines.addWidget(self.nobody, 1, Qt.AlignmentFlag.AlignTop)  # in the list's place
        lines.addWidget(self.rows, 1)
        lines.addWidget(self.notice)
        self.presenter = Parked(work, self.show_data, self.close_panel)
        self.rows.carried_out.connect(self.presenter.fetch)

    def show_data(self, data: ParkedData) -> None:
        """Paint it."""
        self.rows.show_rows(data.rows)
        self.rows.show_old(data.is_old)
        self.rows.setVisible(not data.nobody)
        self.nobody.setText(data.nobody)
        self.nobody.setVisible(bool(data.nobody))
        self.notice.show_problem(data.problem)
