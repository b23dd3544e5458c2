"""What all screens have in common: a presenter that begins with them and ends with them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from callserver.desktop.keys import Act
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.views.theme import GRID


class Screen(QWidget):
    """
    A part of the window.

    A subclass makes its widgets and its presenter, then calls `begin`; the window calls `leave` when the person logs
    out, so that nothing tells a widget that is gone.
    """

    presenter: Presenter[Any]
    is_wide = False  # the card makes room for it while there is no call
    done = Signal()  # what the panel was opened for is done: the tabs again
    opens = Signal(object)  # an `Act`: another screen is wanted from here

    def changeEvent(self, event: QEvent) -> None:
        """In another theme all is painted anew."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "presenter"):
            self.presenter.show_again()

    def begin(self) -> None:
        """Show what there is, from now on."""
        self.presenter.start()

    def leave(self) -> None:
        """Show no more."""
        self.presenter.stop()

    def carry_out(self) -> None:
        """Ctrl+Enter: the one thing that this screen is for."""

    def save(self) -> None:
        """Ctrl+S."""

    def close_panel(self) -> None:
        """What it was opened for is done."""
        self.done.emit()

    def act(self, act: Act) -> bool:
        """A key that only some screens know: whether this is one."""
        return False

    def take_focus(self) -> None:
        """The screen has been opened: the place where one begins to type has the focus."""
        self.setFocus()

    def may_close(self) -> bool:
        """Whether nothing is lost if it is closed now."""
        return True


def column(parent: QWidget, margin: int = GRID, spacing: int = GRID) -> QVBoxLayout:
    """A layout from top to bottom on the grid."""
    layout = QVBoxLayout(parent)
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(spacing)
    return layout


def row(*widgets: tuple[QWidget, int]) -> QHBoxLayout:
    """Likewise from left to right, without margins: each widget with its share of the room that is left."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GRID)
    for widget, share in widgets:
        layout.addWidget(widget, share)
    return layout
