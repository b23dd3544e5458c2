"""Voice mail: which box, what is in it, and the buttons to hear it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton

from callserver.desktop.playing import Speaker
from callserver.desktop.presenters.voice_mail import VoiceMail, VoiceMailData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.row_list import RowList
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.theme import GRID, LARGE_PX, sized
from callserver.desktop.views.widgets import ComboBox, Notice, name


class VoiceMailView(Screen):
    """Enter on a message plays it, and again lets it stand still."""

    def __init__(self, work: Workplace, open_speaker: Callable[[], Speaker | None] | None = None) -> None:
        super().__init__()
        words = work.words
        heading = QLabel(words("Voice mail"))
        heading.setFont(sized(LARGE_PX, bold=True))
        self.boxes, self.list = name(ComboBox(), words("Mailbox")), RowList(words("Voice mail"))
        self.nothing, self.clock, self.notice = QLabel(), QLabel(), Notice()
        self.play = QPushButton(words("Play"))
        self.mark, self.delete = QPushButton(words("New or old")), QPushButton(words("Delete"))
        self._words_play, self._words_pause = words("Play"), words("Pause")
        lines, buttons = column(self), QHBoxLayout()
        buttons.setSpacing(GRID)
        for part in (self.play, self.clock, self.mark):
            buttons.addWidget(part)
        buttons.addStretch(1)
        buttons.addWidget(self.delete)
        lines.addWidget(heading)
        lines.addWidget(self.boxes)
        lines.addWidget(self.nothing, 1, Qt.AlignmentFlag.AlignTop)  # in the list's place
        lines.addWidget(self.list, 1)
        lines.addLayout(buttons)
        lines.addWidget(self.notice)
        self.presenter: VoiceMail = VoiceMail(work, self.show_data, open_speaker or work.voice.speaker)
        self.boxes.activated.connect(self._box_chosen)
        self.list.carried_out.connect(self.presenter.play_or_pause)
        self.play.clicked.connect(self._play)
        self.mark.clicked.connect(self._mark)
        self.delete.clicked.connect(self._delete)

    def show_data(self, data: VoiceMailData) -> None:
        """Paint it."""
        if [self.boxes.itemText(n) for n in range(self.boxes.count())] != [words for _, words in data.boxes]:
            self.boxes.clear()
            for number, words in data.boxes:
                self.boxes.addItem(words, number)
        self.boxes.setCurrentIndex(self.boxes.findData(data.box))
        self.boxes.setVisible(bool(data.boxes))
        self.list.show_rows(data.rows)
        if not self.list.key and data.rows:
            self.list.choose(data.rows[0].key)
        self.nothing.setText(data.nothing)
        self.nothing.setVisible(bool(data.nothing))
        self.list.setVisible(not data.nothing)
        self.clock.setText(data.clock)
        self.play.setText(self._words_pause if data.plays else self._words_play)
        self.play.setEnabled(data.may_play)
        for button in (self.mark, self.delete):
            button.setEnabled(bool(data.rows))
        self.notice.show_problem(data.problem)

    def _box_chosen(self, index: int) -> None:
        self.presenter.open_box(str(self.boxes.itemData(index)))

    def _play(self) -> None:
        self.presenter.play_or_pause(self.list.key)

    def _mark(self) -> None:
        self.presenter.mark(self.list.key)

    def _delete(self) -> None:
        self.presenter.delete(self.list.key)
