"""The row under the tabs: what came of the talk."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QLineEdit, QPushButton

from callserver.desktop.keys import Act, keys, outcome_key
from callserver.desktop.presenters.outcome import NOTE_MAX, Outcome, OutcomeData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.theme import GRID
from callserver.desktop.views.widgets import ElidedLabel, Notice, name, tooltip


class OutcomeView(Screen):
    """A button an outcome with its digit, a note, done."""

    comes_up = Signal()  # its key was pressed, wherever the focus was: what lies over it goes

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words = work.words
        self.buttons: dict[int, QPushButton] = {}
        self._keys: list[QShortcut] = []
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        self.note = name(QLineEdit(maxLength=NOTE_MAX), words("Note on this call"))
        self.note.setPlaceholderText(words("Note on this call"))
        self.whose = ElidedLabel()
        self.whose.hide()
        self.done_button, self.notice = QPushButton(words("Done")), Notice()
        lines = column(self, margin=0, spacing=0)
        row, self._places = QHBoxLayout(), QHBoxLayout()
        row.setSpacing(GRID)
        self._places.setSpacing(GRID // 2)
        row.addWidget(QLabel(words("Outcome")))
        row.addLayout(self._places)
        row.addWidget(self.note, 1)
        row.addWidget(self.done_button)
        lines.addWidget(self.whose)  # above: it needs the width, and the buttons stay where they are
        lines.addLayout(row)
        lines.addWidget(self.notice)
        self.presenter: Outcome = Outcome(work, self.show_data)
        self._group.idClicked.connect(self._chosen)
        self.note.textEdited.connect(self.presenter.type)
        self.note.returnPressed.connect(self.presenter.done)
        self.done_button.clicked.connect(self.presenter.done)

    def show_data(self, data: OutcomeData) -> None:
        """Paint it."""
        self.whose.setText(data.whose)
        self.whose.setVisible(bool(data.whose))
        if tuple(self.buttons) != tuple(code for code, _ in data.outcomes):
            self._make(data)
        for code, button in self.buttons.items():
            button.setEnabled(data.may_choose)
            button.setChecked(code == data.code)
        self.note.setEnabled(data.may_choose)
        if self.note.text() != data.note:
            self.note.setText(data.note)
        self.done_button.setEnabled(data.may_be_done)
        tooltip(self.done_button, data.what_done_does)
        self.notice.show_either(data.problem, data.told)

    def carry_out(self) -> None:
        self.presenter.done()

    def may_close(self) -> bool:
        return not self.presenter.has_drafts

    def digit(self, code: int) -> bool:
        """A digit was pressed, and no field has taken it: whether it was an outcome's."""
        if code not in self.buttons or not self.presenter.takes_digits:
            return False
        self._chosen(code)
        return True

    def _come_up(self) -> None:
        if all(button.isEnabled() for button in self.buttons.values()):
            self.comes_up.emit()

    def _chosen(self, code: int) -> None:
        self.presenter.choose(code)
        self.note.setFocus()  # the digit, the text, Enter

    def _make(self, data: OutcomeData) -> None:
        for button in self.buttons.values():
            self._group.removeButton(button)
            button.deleteLater()
        for pressed in self._keys:
            pressed.deleteLater()
        self.buttons, self._keys = {}, []
        for code, word in data.outcomes:
            button = QPushButton(f"{code} {word}".replace("&", "&&"))
            button.setCheckable(True)
            button.setAutoRepeat(False)
            key = outcome_key(keys(self.presenter.work.settings.now.keys)[Act.OUTCOME], code)
            # a button's own presses it for 100 ms, and eats what is typed; and it works where a panel hides the button
            pressed = QShortcut(key, self.parentWidget() or self)
            pressed.setAutoRepeat(False)
            pressed.activated.connect(self._come_up)
            pressed.activated.connect(button.click)
            self._keys.append(pressed)
            tooltip(button, key)  # out of any field; where none has the focus, the digit alone
            self._group.addButton(button, code)
            self._places.addWidget(button)
            self.buttons[code] = button
