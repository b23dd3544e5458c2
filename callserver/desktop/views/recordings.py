"""The panel of recordings: what is looked for, what was found, and the player."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel

from callserver.desktop.playing import Speaker
from callserver.desktop.presenters.recordings import RecordingLine, Recordings, RecordingsData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.player import PlayerView
from callserver.desktop.views.recording_filter import FilterBar
from callserver.desktop.views.screen import Screen, column, row
from callserver.desktop.views.table import Table
from callserver.desktop.views.theme import GRID, LARGE_PX, TEXT_PX, sized
from callserver.desktop.views.widgets import ElidedLabel
from callserver.wire.catalogue import N_

COLUMNS = {  # each with what is widest in it
    N_("Time"): "2026-11-26 14:03",
    N_("Number"): "13800138000",
    N_("Seat"): "801, 802",
    N_("Line"): "line 20",
    N_("Length"): "1:02:03",
    N_("Outcome"): "waited too",
    N_("Order"): "20260017",
    N_("Note"): "",
    N_("Protected"): "protected",
}
NUMBER, LINE, LENGTH, OUTCOME, ORDER, NOTE = 1, 3, 4, 5, 6, 7
NOTE_PX = 10 * GRID  # which the note keeps while the outcome is not wholly seen
NARROW_PX = 840  # below it two columns go, which the player and the search still know
LOW_PX = 50 * GRID  # below it not everything has room at the same time


class RecordingsView(Screen):
    """
    A row that is chosen is in the player; Enter, a double click, or Space there plays it.

    :param open_speaker: what it is heard on, if not on this computer's headset
    """

    def __init__(self, work: Workplace, open_speaker: Callable[[], Speaker | None] | None = None) -> None:
        super().__init__()
        self._lines: tuple[RecordingLine, ...] = ()
        self.heading = QLabel(work.words("Recordings"))
        self.heading.setFont(sized(LARGE_PX, bold=True))
        self.heading.setFixedHeight(5 * GRID)  # beside the fields of the first row
        self.filter = FilterBar(work, self.look)
        self.says = ElidedLabel()
        self.player = PlayerView(work, open_speaker or work.voice.speaker, self._changed, self.says)
        self.presenter: Recordings = Recordings(work, self.show_data, self.player.presenter.choose)
        self.table = self._table(work)
        lines = column(self, margin=GRID // 2, spacing=GRID // 2)
        above = row((self.heading, 0), (self.filter, 1))
        above.setContentsMargins(GRID // 2, 0, 0, 0)
        above.setAlignment(self.heading, Qt.AlignmentFlag.AlignTop)
        lines.addLayout(above)
        found = QHBoxLayout()
        found.setContentsMargins(GRID // 2, 0, GRID // 2, 0)
        found.addWidget(self.table)
        lines.addLayout(found, 1)
        lines.addWidget(self.player)
        self.table.setMinimumHeight(5 * GRID)
        self.player.listen_to_keys(self.table)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.table.chosen.connect(self._play)
        self.table.end_seen.connect(self.presenter.more)
        self.filter.more.toggled.connect(self._fold)
        self.filter.period.activated.connect(self._fold)

    def begin(self) -> None:
        super().begin()
        self.player.begin()

    def leave(self) -> None:
        self.player.leave()
        super().leave()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A low window shows either all fields of the search, or the note."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        low = self.height() < LOW_PX
        self.filter.fold(low)
        self.player.fold(low and self.filter.is_tall)

    def show_data(self, data: RecordingsData) -> None:
        """Paint it."""
        self.filter.offer(data.seats, data.queues)
        self._lines = data.lines
        self.table.show_rows([line.cells for line in data.lines], [line.number for line in data.lines])
        self.says.setText(data.problem or data.says)

    def take_focus(self) -> None:
        self.presenter.opened(self.filter.filter)
        self.filter.number.setFocus()
        self.filter.number.selectAll()

    def save(self) -> None:
        self.player.write_down()

    def carry_out(self) -> None:
        self.look()

    def look(self) -> None:
        """For what stands in the fields."""
        self.presenter.search(self.filter.filter)

    def _chosen(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self.presenter.choose(self._lines[index.row()].number)

    def _table(self, work: Workplace) -> Table:
        titles = tuple(map(work.words, COLUMNS))
        table = Table(work.words("Recordings"), titles, right=(LENGTH,), wide=NOTE, tip=self._tip)
        table.begins_unchosen()  # the one that is chosen is fetched into the player
        table.leave_out(NARROW_PX, LINE, ORDER)
        table.setAlternatingRowColors(True)
        table.horizontalHeader().setStyleSheet(f"QHeaderView::section {{ padding: {GRID // 2}px 3px }}")
        table.horizontalHeader().setMinimumSectionSize(4 * GRID)
        width_px = QFontMetrics(sized(TEXT_PX)).horizontalAdvance
        table.set_widths(*(2 * GRID + max(map(width_px, pair)) for pair in zip(COLUMNS.values(), titles, strict=True)))
        table.may_grow(OUTCOME, 2 * GRID + width_px(work.words("no agent logged in")), NOTE_PX)
        return table

    def _tip(self, row: int, column: int) -> str:
        line = self._lines[row]
        return f"{line.cells[NUMBER]} {line.name}".strip() if column == NUMBER else line.cells[column]

    def _play(self) -> None:
        self._chosen()
        self.player.presenter.play_or_pause()

    def _changed(self, number: int, what: dict[str, object]) -> None:
        self.presenter.changed(number, what)
