"""A question inside the window, before something is lost: never a dialog, which would take F4 from the person."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from callserver.desktop.presenters.question import Question
from callserver.desktop.views.theme import GRID, LARGE_PX, TEXT_PX, sized
from callserver.desktop.views.widgets import ActionButton, ComboBox, ElidedLabel, name


class QuestionView(QFrame):
    """
    A strip; taller where facts and choices belong to the question.

    "Cancel" has the focus, so Enter and Escape do nothing that cannot be taken back.
    """

    answered = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("question")
        self.words, self.facts, self.heard = ElidedLabel(), ElidedLabel(), QLabel()
        self.how, self.do, self.cancel = ComboBox(), ActionButton(), QPushButton()
        self.how.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToContents)
        self.heard.setWordWrap(True)
        self.heard.setTextFormat(Qt.TextFormat.PlainText)
        self.cancel.setAutoRepeat(False)
        self._asked: Question | None = None
        self._lay_out()
        self.how.currentIndexChanged.connect(self._chosen)
        self.do.clicked.connect(self._yes)
        self.cancel.clicked.connect(self._no)
        self.hide()

    @property
    def choice(self) -> str:
        """The value of what is chosen; "" where there is no choice."""
        choices = self._asked.choices if self._asked is not None else ()
        return choices[max(0, self.how.currentIndex())].value if choices else ""

    def show_question(self, question: Question | None) -> None:
        """Ask, or ask no more."""
        if question == self._asked:
            return
        self._asked = question
        self.setVisible(question is not None)
        if question is not None:
            self._ask(question)

    def event(self, event: QEvent) -> bool:
        """Esc is meant here now, and not for a panel of the main screen."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus; else it is "Cancel", as Escape is."""
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QPushButton):
            focused.click()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or _escape(event):
            self._no()
        else:
            super().keyPressEvent(event)

    def _ask(self, question: Question) -> None:
        is_tall, facts = bool(question.choices), " · ".join(question.facts)
        self._lines.setDirection(QBoxLayout.Direction.TopToBottom if is_tall else QBoxLayout.Direction.LeftToRight)
        self.words.setFont(sized(LARGE_PX if is_tall else TEXT_PX, bold=is_tall))
        name(self, f"{question.words} {facts}".rstrip())
        name(self.how, question.words)
        self.words.setText(question.words)
        self.facts.setText(facts)
        self.facts.setVisible(bool(facts))
        self.how.clear()
        self.how.addItems([choice.word for choice in question.choices])
        self.how.setVisible(len(question.choices) > 1)
        self.heard.setVisible(is_tall)
        self.do.show_action(question.do)
        self.do.destroys("does" if question.destroys else "")
        self.cancel.setText(question.cancel)
        self.cancel.setFocus()

    def _chosen(self, index: int) -> None:
        if self._asked is not None and index >= 0:
            self.heard.setText(self._asked.choices[index].heard)

    def _yes(self) -> None:
        self.answered.emit(True)

    def _no(self) -> None:
        self.answered.emit(False)

    def _lay_out(self) -> None:
        self._lines, texts, row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self), QVBoxLayout(), QHBoxLayout()
        self._lines.setContentsMargins(GRID, GRID, GRID, GRID)
        self._lines.setSpacing(GRID)
        texts.addWidget(self.words)
        texts.addWidget(self.facts)
        row.setSpacing(2 * GRID)
        row.addWidget(self.how)
        row.addWidget(self.heard, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.do)
        self._lines.addLayout(texts, 1)
        self._lines.addLayout(row)


def _escape(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Escape
