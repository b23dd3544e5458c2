"""Small widgets that many screens are made of."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton


class ElidedLabel(QLabel):
    """Plain text on one line."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)


class Notice(QLabel):
    """One line that is there when there is something to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.hide()

    def show_problem(self, text: str) -> None:
        """What was not done, and why; "" hides it."""
        self.setText(text)
        self.setVisible(bool(text))

    def show_info(self, text: str) -> None:
        """A sentence to know; "" hides it."""
        self.show_problem(text)


class ActionButton(QPushButton):
    """A word and its key."""

    def show_action(self, word: str, key: str) -> None:
        """As "Hold", "F6"."""
        self.setText(f"{word}\n{key}")
        self.setAccessibleName(f"{word} {key}")
