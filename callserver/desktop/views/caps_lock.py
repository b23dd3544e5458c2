"""Whether Caps Lock is on; Qt does not tell it, but each key does."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

NATIVE = {"linux": 0x2, "win32": 0x100, "darwin": 0x10000}  # X's LockMask; Qt's own for Windows; AppKit's


def caps_lock(event: QKeyEvent) -> bool | None:
    """As far as this key tells it; None: it does not."""
    letter = event.text()
    if letter.isascii() and letter.isalpha():
        return letter.isupper() != bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    if event.key() == Qt.Key.Key_CapsLock or not event.nativeModifiers():
        return None
    return bool(event.nativeModifiers() & NATIVE.get(sys.platform, 0))
