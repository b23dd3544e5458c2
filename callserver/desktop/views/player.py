"""The player below the list of recordings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QStandardPaths, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCheckBox, QLineEdit, QProgressBar, QPushButton, QSizePolicy, QWidget

from callserver.desktop.keys import Act, keys
from callserver.desktop.playing import SPEEDS, Speaker
from callserver.desktop.presenters.marks import ShownMark
from callserver.desktop.presenters.player import COMPLAINT, FORMS, JUMP_S, Player, PlayerData, Row
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.screen import Screen, column, row
from callserver.desktop.views.theme import GRID
from callserver.desktop.views.waveform import Waveform
from callserver.desktop.views.widgets import ComboBox, ElidedLabel, Notice, editable, name, tooltip

NOTE_MAX, CLASS_MAX, PATH_MAX = 500, 32, 4000
PERCENT = 100


class PlayerView(Screen):
    """
    Its keys work wherever a recording is looked at: in the list, too (`listen_to_keys`).

    :param open_speaker, changed: see `Player`
    :param beside: has a place beside the last line
    """

    def __init__(
        self,
        work: Workplace,
        open_speaker: Callable[[], Speaker | None],
        changed: Callable[[int, Row], None],
        beside: QWidget,
    ) -> None:
        super().__init__()
        self.work, self.beside = work, beside
        self._marks: tuple[ShownMark, ...] = ()
        self._is_folded = False
        self._written = (0, "", "")
        self._make(work)
        self._lay_out()
        self.presenter: Player = Player(work, self.show_data, open_speaker, changed)
        table = keys(work.settings.now.keys)
        self._space = QKeySequence(table[Act.PLAY])
        self._keys = {
            self._space: self.presenter.play_or_pause,
            QKeySequence(table[Act.BACK]): self._back,
            QKeySequence(table[Act.FORWARD]): self._forward,
        }
        self._connect()
        self.listen_to_keys(self.wave)

    def listen_to_keys(self, widget: QWidget) -> None:
        """Space, ← and → in it are the player's."""
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = QKeySequence(event.keyCombination())
        if key not in self._keys or (key == self._space and event.isAutoRepeat()):
            return False
        self._keys[key]()
        return True

    def show_data(self, data: PlayerData) -> None:
        """Paint it."""
        self.title.setText(data.title or self.work.words("Choose a recording above to hear it"))
        self.clock.setText(data.clock)
        self._show_wave(data)
        self._show_buttons(data)
        self._show_written(data)
        self.progress.setVisible(data.fetched is not None)
        self.progress.setValue(round(PERCENT * (data.fetched or 0.0)))
        self.save_file.setEnabled(data.fetched is None and data.may_fetch)
        self.notice.show_either(data.problem, data.says)

    def _show_wave(self, data: PlayerData) -> None:
        self.wave.setEnabled(data.number != 0)
        self.wave.show_sides(data.far, data.near)
        self.wave.show_marks(data.marks)
        self.wave.show_place(data.share, data.at_s, data.length_s)
        if data.marks != self._marks:
            self._marks = data.marks
            self.marks.clear()
            self.marks.addItems([self.work.words("Go to …"), *(mark.words for mark in data.marks)])
        self.marks.setVisible(bool(data.marks))

    def _show_buttons(self, data: PlayerData) -> None:
        words = self.work.words
        self.play.setText(words("Pause playing") if data.plays else f"{words('Play')} {words('Space')}")
        for button in (self.play, self.back, self.forward):
            button.setEnabled(data.may_play or data.plays)
        tooltip(self.play, data.why_not_play)
        self.speed.setCurrentIndex(data.speed)
        self.skip.setChecked(data.skips_silence)
        self.protect.setText(words("Protect no more") if data.is_protected else words("Protect"))
        self.protect.setEnabled(data.may_protect)
        tooltip(self.protect, data.why_not_protect)
        self.download.setEnabled(data.may_fetch)
        tooltip(self.download, data.why_not_fetch)

    def _show_written(self, data: PlayerData) -> None:
        """What is being typed stays, until it is another recording or another note."""
        for widget in (self.note, self.class_, self.write):
            widget.setEnabled(data.may_note)
        (number, note, class_), self._written = self._written, (data.number, data.note, data.class_)
        if (number, note) != (data.number, data.note):
            self.note.setText(data.note)
        if (number, class_) != (data.number, data.class_):
            self.class_.setEditText(data.class_)

    # What a person does

    def _back(self) -> None:
        self.presenter.jump(-JUMP_S)

    def _forward(self) -> None:
        self.presenter.jump(JUMP_S)

    def _skip(self, on: bool) -> None:
        self.presenter.skip_silence(on)

    def _mark_chosen(self, index: int) -> None:
        if index > 0:
            self.presenter.seek(self._marks[index - 1].at_s)
        self.marks.setCurrentIndex(0)

    def write_down(self) -> None:
        """Note and class, of which one may be as it was."""
        number, note, class_ = self._written
        if not number:
            return
        if self.class_.currentText().strip() != class_:
            self.presenter.classify(self.class_.currentText())
        if self.note.text().strip() != note:
            self.presenter.write_note(self.note.text())

    def _choose_file(self) -> None:
        downloads = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        self.path.setText(self.presenter.proposed_path(Path(downloads)))
        self._show_file_row(True)
        self.path.setFocus()

    def _save_file(self) -> None:
        self.presenter.fetch(self.path.text(), self.form.currentData())

    def _leave_file(self) -> None:
        self.presenter.cancel_fetch()
        self._show_file_row(False)
        self.download.setFocus()

    # How it is made

    def _make(self, work: Workplace) -> None:
        words = work.words
        self.title, self.clock = ElidedLabel(foreign=True), ElidedLabel()
        self.marks, self.speed = name(ComboBox(), words("Marks")), name(ComboBox(), words("Speed"))
        self.wave = Waveform(words("Place in the recording, seconds"), (words("Customer"), words("Seat")))
        self.back, self.play = QPushButton(words("−10 s") + " ←"), QPushButton()
        self.forward = QPushButton(words("+10 s") + " →")
        self.skip = QCheckBox(words("Skip silence"))
        self.protect, self.download = QPushButton(words("Protect")), QPushButton(words("Download…"))
        self.class_ = name(ComboBox(), words("Class"))
        self.class_.addItems(["", COMPLAINT])
        self.class_.setItemData(0, words("none"), Qt.ItemDataRole.AccessibleTextRole)
        editable(self.class_, words("Class"), CLASS_MAX)
        self.note = name(QLineEdit(maxLength=NOTE_MAX, placeholderText=words("Note for others")), words("Note"))
        self.write = QPushButton(words("Save"))
        self.path = name(QLineEdit(maxLength=PATH_MAX), words("File"))
        self.form = name(ComboBox(), words("Sides"))
        for form, sides in FORMS.items():
            self.form.addItem(words(sides), form)
        self.save_file, self.leave_file = QPushButton(words("Save file")), QPushButton(words("Cancel"))
        self.progress = name(QProgressBar(), words("Downloaded"))
        self.notice = Notice()
        for button in (self.back, self.play, self.forward, self.protect, self.download, self.write):
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)  # no word is cut
        self.speed.addItems([f"{speed:g}×" for speed in SPEEDS])

    def _lay_out(self) -> None:
        lines = column(self, margin=GRID // 2)
        lines.addLayout(row((self.title, 1), (self.marks, 0), (self.clock, 0)))
        lines.addWidget(self.wave)
        transport = row((self.back, 0), (self.play, 0), (self.forward, 0), (self.speed, 0), (self.skip, 0))
        transport.addStretch(1)
        transport.addWidget(self.download)
        lines.addLayout(transport)
        lines.addLayout(row((self.class_, 0), (self.note, 1), (self.write, 0), (self.protect, 0)))
        lines.addLayout(
            row((self.path, 1), (self.form, 0), (self.progress, 0), (self.save_file, 0), (self.leave_file, 0))
        )
        lines.addLayout(row((self.notice, 1), (self.beside, 0)))
        self.progress.setFixedWidth(12 * GRID)
        self.play.setMinimumWidth(13 * GRID)
        self.marks.setMaximumWidth(36 * GRID)
        self._show_file_row(False)

    def fold(self, folded: bool) -> None:
        """Without the row of the note, where a low window has no room for it."""
        self._is_folded = folded
        self._show_file_row(self.path.isVisibleTo(self))

    def _show_file_row(self, shown: bool) -> None:
        """In the place of the note's."""
        for widget in (self.class_, self.note, self.write, self.protect):
            widget.setVisible(not shown and not self._is_folded)
        for widget in (self.path, self.form, self.save_file, self.leave_file):
            widget.setVisible(shown)

    def _connect(self) -> None:
        self.wave.clicked.connect(self.presenter.seek_share)
        self.back.clicked.connect(self._back)
        self.forward.clicked.connect(self._forward)
        self.play.clicked.connect(self.presenter.play_or_pause)
        self.speed.activated.connect(self.presenter.choose_speed)
        self.skip.clicked.connect(self._skip)
        self.marks.activated.connect(self._mark_chosen)
        self.protect.clicked.connect(self.presenter.protect)
        self.download.clicked.connect(self._choose_file)
        self.write.clicked.connect(self.write_down)
        self.note.returnPressed.connect(self.write_down)
        self.save_file.clicked.connect(self._save_file)
        self.path.returnPressed.connect(self._save_file)
        self.leave_file.clicked.connect(self._leave_file)
