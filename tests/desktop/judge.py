"""What a machine can see of a screen: text that is cut, widgets without a name, an order of tabbing that jumps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)

from callserver.desktop.views.colours import contrast
from callserver.desktop.views.widgets import ElidedLabel

OF_OTHERS = (QScrollBar,)  # parts of a widget that is judged itself
WORDS_MIN = 4.5  # WCAG's for text
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


def unread(top: QWidget) -> list[str]:
    """Items of lists, cells and heads of tables that have nothing to be read aloud; a cell may be empty, a row not."""
    found = []
    for view in top.findChildren(QAbstractItemView):
        if not isinstance(view, QHeaderView):
            named = view.accessibleName() or type(view.parentWidget()).__name__
            found += [f"{named}: {one}" for one in _unread_in(view)]
    return found


def faint(top: QWidget) -> list[str]:
    """Words of labels and buttons that stand out too little from what is behind them, as they are painted."""
    picture, found = top.grab().toImage(), []
    for one in (*seen(top, QAbstractButton), *seen(top, QLabel)):
        assert isinstance(one, QAbstractButton | QLabel)
        place = QRect(one.mapTo(top, QPoint()), one.size())
        if one.text().strip() and top.rect().contains(place) and not one.visibleRegion().isEmpty():
            stands_out = painted_contrast(picture, place.adjusted(3, 3, -3, -3))
            if stands_out < WORDS_MIN:
                found.append(f"{one.text()!r} has {stands_out:.1f}")
    return found


def painted_contrast(picture: QImage, place: QRect) -> float:
    """Of what is most of this place with what stands out most from it: never more than the colours' own contrast."""
    ratio = picture.devicePixelRatio()
    colours = Counter(
        picture.pixel(round(x * ratio), round(y * ratio))
        for x in range(place.left(), place.right() + 1)
        for y in range(place.top(), place.bottom() + 1)
    )
    ground = QColor.fromRgb(colours.most_common(1)[0][0]).name()
    return max(contrast(ground, QColor.fromRgb(one).name()) for one in colours)


def _unread_in(view: QAbstractItemView) -> Iterator[str]:
    read = QAccessible.queryAccessibleInterface(view)
    roles, rows = QAccessible.Role, dict[int, str]()
    for place in range(read.childCount()):
        child = read.child(place)
        role, words = child.role(), child.text(QAccessible.Text.Name).strip()
        if role is roles.Cell:
            row = child.tableCellInterface().rowIndex()
            rows[row] = rows.get(row, "") + words
        elif role in (roles.ListItem, roles.ColumnHeader) and not words:
            yield f"{role.name} {place}"
    yield from (f"row {row}" for row, words in rows.items() if not words)


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
