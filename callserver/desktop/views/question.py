"""A question inside the window, before something is lost: never a dialog, which would take F4 from the person."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from callserver.desktop.presenters.question import Question
from callserver.desktop.views.theme import GRID
from callserver.desktop.views.widgets import ActionButton, ElidedLabel, name


class QuestionView(QWidget):
    """A strip at the top; the focus is on "Cancel", and Esc is that too."""

    answered = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.words, self.do, self.cancel = ElidedLabel(), ActionButton(), QPushButton()
        self._asked: Question | None = None
        self.do.destroys("does")
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID, GRID, GRID)
        row.setSpacing(2 * GRID)
        row.addWidget(self.words, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.do)
        self.do.clicked.connect(self._yes)
        self.cancel.clicked.connect(self._no)
        self.hide()

    def show_question(self, question: Question | None) -> None:
        """Ask, or ask no more."""
        if question == self._asked:
            return
        self._asked = question
        self.setVisible(question is not None)
        if question is None:
            return
        name(self, question.words)
        self.words.setText(question.words)
        self.do.show_action(question.do)
        self.cancel.setText(question.cancel)
        self.cancel.setFocus()

    def event(self, event: QEvent) -> bool:
        """Esc is meant here now, and not for a panel of the main screen."""
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus."""
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QPushButton):
            focused.click()
        elif event.key() == Qt.Key.Key_Escape:
            self._no()
        else:
            super().keyPressEvent(event)

    def _yes(self) -> None:
        self.answered.emit(True)

    def _no(self) -> None:
        self.answered.emit(False)
