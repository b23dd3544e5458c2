"""The panel that asks before something that cannot be taken back; no dialog, so all keys of the call go on working."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from callserver.desktop.presenters.deeds import Question
from callserver.desktop.views.theme import GRID, LARGE_PX, sized
from callserver.desktop.views.widgets import ActionButton, ComboBox, ElidedLabel


class QuestionPanel(QFrame):
    """
    Whom it is about, which call, what the customer hears next; the button says what it does.

    "Cancel" has the focus, so Enter and Escape do nothing that cannot be taken back.
    """

    confirmed = Signal(str)  # the value of a choice
    cancelled = Signal()

    def __init__(self, cancel: str, how: str) -> None:
        super().__init__()
        self.setObjectName("question")
        self.title, self.heard = QLabel(), QLabel()
        self.facts, self.how = ElidedLabel(), ComboBox()
        self.do, self.cancel = ActionButton(), QPushButton(cancel)
        self.how.setAccessibleName(how)
        self.title.setFont(sized(LARGE_PX, bold=True))
        self.heard.setWordWrap(True)
        for label in (self.title, self.heard):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.cancel.setAutoRepeat(False)
        self._question: Question | None = None
        self._lay_out()
        self.how.currentIndexChanged.connect(self._chosen)
        self.do.clicked.connect(self._do)
        self.cancel.clicked.connect(self.cancelled)

    def ask(self, asked: Question) -> None:
        """Paint it; the focus goes to "Cancel" once, when the question is put."""
        if asked == self._question:
            return
        self._question = asked
        self.title.setText(asked.title)
        self.facts.setText("   ".join(asked.facts))
        self.how.clear()
        self.how.addItems([choice.word for choice in asked.choices])
        self.how.setVisible(len(asked.choices) > 1)
        self.do.show_action(asked.verb)
        self.do.destroys("does" if asked.destroys else "")
        self.setAccessibleName(f"{asked.title} {self.facts.text()}")
        self.cancel.setFocus()

    def event(self, event: QEvent) -> bool:
        """Escape is meant for the question, and not for the panel around it."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape and Enter are "Cancel", unless another button has the focus."""
        if _escape(event) or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.do.click() if self.do.hasFocus() and not _escape(event) else self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """The next one is asked anew."""
        self._question = None

    def _chosen(self, index: int) -> None:
        if self._question is not None and index >= 0:
            self.heard.setText(self._question.choices[index].heard)

    def _do(self) -> None:
        if self._question is not None:
            self.confirmed.emit(self._question.choices[max(0, self.how.currentIndex())].value)

    def _lay_out(self) -> None:
        lines, row = QVBoxLayout(self), QHBoxLayout()
        lines.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        lines.setSpacing(GRID)
        for widget in (self.title, self.facts):
            lines.addWidget(widget)
        row.setSpacing(2 * GRID)
        row.addWidget(self.how)
        row.addWidget(self.heard, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.do)
        lines.addLayout(row)
        lines.addStretch(1)


def _escape(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Escape
