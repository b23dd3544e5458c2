"""The panel of recordings: what is looked for, what was found, and the player."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout

from callserver.desktop.playing import Speaker
from callserver.desktop.presenters.recordings import Recordings, RecordingsData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.player import PlayerView
from callserver.desktop.views.recording_filter import FilterBar
from callserver.desktop.views.recording_table import RecordingTable
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.speaker import HeadsetSpeaker
from callserver.desktop.views.theme import GRID
from callserver.desktop.views.widgets import ElidedLabel


class RecordingsView(Screen):
    """
    A row that is chosen is in the player; Enter, a double click, or Space there plays it.

    :param open_speaker: what it is heard on, if not on this computer's headset
    """

    def __init__(self, work: Workplace, open_speaker: Callable[[], Speaker | None] | None = None) -> None:
        super().__init__()
        self.speaker = HeadsetSpeaker(work.settings)
        self.filter = FilterBar(work, self.look)
        self.says = ElidedLabel()
        self.player = PlayerView(work, open_speaker or self.speaker.open, self._changed, self.says)
        self.presenter: Recordings = Recordings(work, self.show_data, self.player.presenter.choose)
        self.table = RecordingTable(work, self.presenter.more)
        lines = column(self, margin=GRID // 2, spacing=GRID // 2)
        lines.addWidget(self.filter)
        found = QHBoxLayout()
        found.setContentsMargins(GRID // 2, 0, GRID // 2, 0)
        found.addWidget(self.table)
        lines.addLayout(found, 1)
        lines.addWidget(self.player)
        self.table.setMinimumHeight(11 * GRID)
        self.player.listen_to_keys(self.table)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.table.activated.connect(self._play)

    def begin(self) -> None:
        super().begin()
        self.player.begin()

    def leave(self) -> None:
        self.player.leave()
        super().leave()

    def show_data(self, data: RecordingsData) -> None:
        """Paint it."""
        self.filter.offer(data.seats, data.queues)
        self.table.rows.show_lines(data.lines, data.is_more)
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
        if number := self.table.chosen():
            self.presenter.choose(number)

    def _play(self) -> None:
        self._chosen()
        self.player.presenter.play_or_pause()

    def _changed(self, number: int, what: dict[str, object]) -> None:
        self.presenter.changed(number, what)
