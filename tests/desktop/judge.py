"""What a machine can see of a screen: text that is cut, widgets without a name, an order of tabbing that jumps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)

from callserver.desktop.views.widgets import ElidedLabel

OF_OTHERS = (QScrollBar,)  # parts of a widget that is judged itself
ROW_PX = 12  # what is nearer than this stands on one line


def seen(top: QWidget, *kinds: type[QWidget]) -> Iterator[QWidget]:
    """All that can be seen of these kinds."""
    for kind in kinds:
        yield from (one for one in top.findChildren(kind) if one.isVisibleTo(top) and not isinstance(one, OF_OTHERS))


def cut(top: QWidget) -> list[str]:
    """Buttons and labels whose words have no room; labels that are made to be cut are left out."""
    found = [
        f"{one.text()!r} wants {one.sizeHint().width()} of {one.width()}"
        for one in seen(top, QAbstractButton)
        if isinstance(one, QAbstractButton) and one.text() and one.sizeHint().width() > one.width()
    ]
    for label in seen(top, QLabel):
        assert isinstance(label, QLabel)
        is_whole = not isinstance(label, ElidedLabel) and not label.wordWrap()
        if is_whole and label.text() and label.sizeHint().width() > label.width():
            found.append(f"{label.text()!r} wants {label.sizeHint().width()} of {label.width()}")
    return found


def sideways(top: QWidget) -> list[str]:
    """What can be moved sideways, which nobody wants to."""
    return [
        one.accessibleName() or type(one).__name__
        for one in seen(top, QAbstractScrollArea)
        if isinstance(one, QAbstractScrollArea) and one.horizontalScrollBar().isVisible()
    ]


def focusable(top: QWidget) -> list[QWidget]:
    """All that the Tab key comes to, in its order."""
    chain, one = [], top.nextInFocusChain()
    while one is not top and one is not None:
        takes = bool(one.focusPolicy() & Qt.FocusPolicy.TabFocus) and one.focusProxy() is None
        if takes and one.isVisibleTo(top) and one.isEnabled() and not isinstance(one, OF_OTHERS):
            chain.append(one)
        one = one.nextInFocusChain()
    return chain


def unnamed(top: QWidget) -> list[str]:
    """What a screen reader would have no words for."""
    return [f"{type(one).__name__} at {one.mapTo(top, QPoint())}" for one in _all_focusable(top) if not _name(one)]


def jumps(top: QWidget) -> list[str]:
    """Where Tab goes up, or to the left on one line, within one group of widgets."""
    found = []
    for before, after in pairwise(focusable(top)):
        if before.parentWidget() is not after.parentWidget():
            continue
        a, b = before.mapTo(top, QPoint()), after.mapTo(top, QPoint())
        if b.y() < a.y() - ROW_PX or (abs(b.y() - a.y()) <= ROW_PX and b.x() < a.x()):
            found.append(f"{_name(before)} -> {_name(after)}")
    return found


def _all_focusable(top: QWidget) -> Iterator[QWidget]:
    for one in seen(top, QWidget):
        if one.focusPolicy() != Qt.FocusPolicy.NoFocus and one.focusProxy() is None and _is_a_control(one):
            yield one


def _is_a_control(one: QWidget) -> bool:
    kinds = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)
    inside = isinstance(one.parentWidget(), QAbstractSpinBox | QComboBox | QTabBar)
    return isinstance(one, kinds) and not inside


def _name(one: QWidget) -> str:
    if one.accessibleName():
        return one.accessibleName()
    return one.text() if isinstance(one, QAbstractButton) else ""
