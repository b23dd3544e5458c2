"""A certificate's fingerprint, as two people read it to each other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QLabel

from callserver.desktop.views.theme import TEXT_PX

LINE = 16 * len("AA:")  # so many signs: half of a SHA-256


class FingerprintLabel(QLabel):
    """In two lines of letters of one width, so that there is room for all of it, and none is broken elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.fingerprint = ""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(TEXT_PX)
        self.setFont(font)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def show_fingerprint(self, fingerprint: str) -> None:
        """:param fingerprint: as "AA:BB:..."; "" for none"""
        self.fingerprint = fingerprint
        self.setText("\n".join(filter(None, (fingerprint[:LINE], fingerprint[LINE:]))))
