"""The tab of faults."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton

from callserver.desktop.keys import Act, keys, shown
from callserver.desktop.presenters.faults import FAULT_MAX, Faults, FaultsData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.screen import column
from callserver.desktop.views.seen_screen import SeenScreen
from callserver.desktop.views.table import Table
from callserver.desktop.views.theme import GRID
from callserver.desktop.views.widgets import ComboBox, Notice, name, narrow, tooltip
from callserver.wire.catalogue import N_

TITLES = (N_("Time"), N_("Number"), N_("Region"), N_("Fault"), N_("Result"), N_("Office"))
WIDTHS_PX = (136, 104, 72, 0, 96, 120)


class FaultsView(SeenScreen):
    """
    A fault above: what it is, whose office; those that there were below.

    Enter alone sends nobody away: the caller is put through by Ctrl+Enter, or the button.
    """

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words, key = work.words, shown(keys(work.settings.now.keys)[Act.CARRY_OUT])
        self.text = name(QLineEdit(maxLength=FAULT_MAX), words("What the fault is"))
        self.text.setPlaceholderText(words("What the fault is"))
        self.region = name(narrow(ComboBox(), 16), words("Region"))
        self.report, self.notice = QPushButton(f"{words('Report and put through')} {key}"), Notice()
        self.table = Table(words("Faults"), tuple(map(words, TITLES)), wide=3)
        self.table.set_widths(*WIDTHS_PX)
        lines, row = column(self), QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.region, 1)
        row.addWidget(self.report)
        lines.addWidget(self.text)
        lines.addLayout(row)
        lines.addWidget(self.notice)
        lines.addWidget(self.table, 1)
        self.report.setAutoDefault(False)
        self.presenter: Faults = Faults(work, self.show_data)
        self.text.textEdited.connect(self.presenter.type)
        self.region.activated.connect(self._chosen)
        self.report.clicked.connect(self.presenter.report)
        self.table.end_seen.connect(self.presenter.more)

    def show_data(self, data: FaultsData) -> None:
        """Paint it."""
        if self.text.text() != data.draft:
            self.text.setText(data.draft)
        self._show_regions(data)
        self.report.setEnabled(data.may_report)
        tooltip(self.report, data.why_not)
        self.table.show_rows(data.cases)
        self.notice.show_either(data.problem, data.told or data.note)

    def carry_out(self) -> None:
        """Ctrl+Enter."""
        self.presenter.report()

    def take_focus(self) -> None:
        self.text.setFocus()

    def may_close(self) -> bool:
        return not self.presenter.has_draft

    def _show_regions(self, data: FaultsData) -> None:
        there = tuple((self.region.itemData(n), self.region.itemText(n)) for n in range(self.region.count()))
        if there != data.regions:
            self.region.clear()
            for region, word in data.regions:
                self.region.addItem(word, region)
        self.region.setCurrentIndex(max(0, self.region.findData(data.region)))

    def _chosen(self, index: int) -> None:
        self.presenter.choose(self.region.itemData(index))
