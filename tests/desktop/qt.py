"""One application for all tests of windows; nothing is shown on any screen."""

from __future__ import annotations

import os
from pathlib import Path
from unittest import TestCase

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from callserver.desktop.views.theme import Theme

_dressed: list[Theme] = []


def application() -> QApplication:
    """The one there is, dressed in the light theme."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)  # as the program: windows of tests that went before end no test's loop
    if not _dressed:
        _dressed.append(Theme(app, "light"))
    return app


def flush() -> None:
    """All that waits is painted, told, and deleted."""
    app = application()
    app.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    app.processEvents()


def shown(case: TestCase, widget: QWidget, width: int = 1280, height: int = 720) -> QWidget:
    """On no screen, but as if it were; gone at the test's end."""
    application()
    widget.resize(width, height)
    widget.show()
    case.addCleanup(_gone, widget)
    flush()
    return widget


def _gone(widget: QWidget) -> None:
    widget.close()
    widget.deleteLater()
    flush()


def grab(widget: QWidget, path: Path) -> None:
    """A picture of it."""
    flush()
    widget.grab().save(str(path))


def key(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key pressed where the focus is, or in the widget."""
    QTest.keyClick(widget.focusWidget() or widget, key, modifier)
    flush()


def click(button: QAbstractButton) -> None:
    """As with a mouse."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    flush()
