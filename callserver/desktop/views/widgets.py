"""Small widgets that every screen needs: text that is cut with a sign, buttons of acts, one-line notices."""

from __future__ import annotations

from html import escape
from typing import TypeVar

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from callserver.desktop.foreign import isolated
from callserver.desktop.views.icons import Sign, sign
from callserver.desktop.views.theme import GRID, SMALL_PX, TEXT_PX, colours, sized

Named = TypeVar("Named", bound=QWidget)
ALONG = Qt.AlignmentFlag.AlignHCenter
SIGN_PX = 16


def name(widget: Named, words: str) -> Named:
    """Tells those who do not see it what a widget is; lists, tables and fields have no name of their own."""
    widget.setAccessibleName(words)
    return widget


def tooltip(widget: QWidget, words: str) -> None:
    """Qt takes for HTML what looks like it; this shows every character as it is."""
    widget.setToolTip(f"<span>{escape(words)}</span>" if words else "")


def enable(widget: QWidget, may: bool, after: QWidget | None = None) -> None:
    """
    One that cannot be used any more leaves the focus to nobody: Space would press whatever Qt finds next.

    :param after: takes it instead
    """
    if not may and widget.hasFocus():
        (after or widget.window()).setFocus()
    widget.setEnabled(may)


def show_text(field: QLineEdit, words: str) -> None:
    """From its beginning, unless somebody types there; where it is the same, the cursor stays."""
    if field.text() != words:
        field.setText(words)
        if not field.hasFocus():
            field.setCursorPosition(0)


def announce(widget: QWidget, words: str, assertive: bool) -> None:
    """Said aloud to those who do not see it; assertive: at once, whatever is being read."""
    event = QAccessibleAnnouncementEvent(widget, words)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if assertive else politeness.Polite)
    QAccessible.updateAccessibility(event)


class ElidedLabel(QLabel):
    """One line of plain text, cut with "…" where there is no room; then the tooltip has all of it."""

    def __init__(self, words: str = "", foreign: bool = False) -> None:
        """:param foreign: it comes from outside, a name perhaps, and may be written from the right."""
        super().__init__(words)
        self._foreign = foreign
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._whole_in_tooltip()

    def setText(self, words: str) -> None:
        """As `QLabel`; `text` gives it back whole."""
        if words == self.text():
            return
        super().setText(words)
        self._whole_in_tooltip()

    def minimumSizeHint(self) -> QSize:
        """A few characters suffice."""
        return QSize(min(super().sizeHint().width(), 4 * GRID), super().sizeHint().height())

    def sizeHint(self) -> QSize:
        """All of it, but never more than a window is wide."""
        return super().sizeHint().boundedTo(QSize(60 * GRID, 1000))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More of it may be seen now, or less."""
        super().resizeEvent(event)
        self._whole_in_tooltip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The part that there is room for."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        room = self.contentsRect()
        cut = self.fontMetrics().elidedText(self._line(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(self.alignment()) | int(Qt.TextFlag.TextSingleLine), cut)

    def _line(self) -> str:
        return isolated(self.text()) if self._foreign else " ".join(self.text().split())

    def _whole_in_tooltip(self) -> None:
        fits = self.fontMetrics().horizontalAdvance(self._line()) <= self.contentsRect().width()
        tooltip(self, "" if fits else self.text())


class ActionButton(QPushButton):
    """A button of an act: its word, and its key small beneath; read aloud as "Answer F2", without a line break."""

    def __init__(self, word: str = "", key: str = "", drawn: Sign | None = None) -> None:
        super().__init__()
        self.word, self.key, self._sign = "", "", drawn
        self.setAutoRepeat(False)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus where it was
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.show_action(word, key)

    def show_action(self, word: str, key: str = "") -> None:
        """Another word, when it would do something else now ("Hold", "Retrieve"), or another key."""
        if (word, key) == (self.word, self.key):
            return
        self.word, self.key = word, key
        self.setAccessibleName(f"{word} {key}".strip())
        self.updateGeometry()
        self.update()

    def setChecked(self, on: bool) -> None:
        """It stays pressed while something is on; only one that ever was is read aloud as a switch."""
        self.setCheckable(self.isCheckable() or on)
        super().setChecked(on)

    def nextCheckState(self) -> None:
        """A click only asks for it: what is on, the server says."""

    def destroys(self, how: str) -> None:
        """Looks dangerous: "asks" before, "does" it."""
        if (self.property("destroys") or "") == how:
            return
        self.setProperty("destroys", how)
        self.style().unpolish(self)
        self.style().polish(self)

    def sizeHint(self) -> QSize:
        """Both lines, on the grid of 8."""
        return QSize(self.width_of(self.word), (6 if self.key else 4) * GRID)

    def width_of(self, word: str) -> int:
        """How wide it is with this word on it."""
        sign_px = SIGN_PX + GRID // 2 if self._sign else 0
        wide = QFontMetrics(sized(TEXT_PX)).horizontalAdvance(word) + sign_px
        return max(wide, QFontMetrics(sized(SMALL_PX)).horizontalAdvance(self.key)) + 2 * GRID

    def minimumSizeHint(self) -> QSize:
        """No word is ever cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button as the style sheet has it, and the lines on it."""
        painter, option = QStylePainter(self), QStyleOptionButton()
        self.initStyleOption(option)
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        painter.setPen(self._ink())
        top, beneath = self._lines()
        painter.setFont(sized(TEXT_PX))
        painter.drawText(self._beside_sign(painter, top), int(Qt.AlignmentFlag.AlignCenter), self.word)
        painter.setFont(sized(SMALL_PX))
        painter.drawText(beneath, int(ALONG | Qt.AlignmentFlag.AlignTop), self.key)

    def _lines(self) -> tuple[QRect, QRect]:
        whole = self.rect()
        if not self.key:
            return whole, QRect()
        half = whole.height() // 2
        return whole.adjusted(0, GRID // 2, 0, -half + GRID // 2), whole.adjusted(0, half + GRID // 2 - 1, 0, 0)

    def _beside_sign(self, painter: QPainter, line: QRect) -> QRect:
        if self._sign is None:
            return line
        width = painter.fontMetrics().horizontalAdvance(self.word)
        left = line.center().x() - (width + SIGN_PX + GRID // 2) // 2
        drawn = sign(self._sign, colours(self.palette()), self._ink().name())
        drawn.paint(painter, left, line.center().y() - SIGN_PX // 2, SIGN_PX, SIGN_PX)
        return line.adjusted(SIGN_PX + GRID // 2, 0, 0, 0)

    def _ink(self) -> QColor:
        worn = colours(self.palette())
        if not self.isEnabled():
            return QColor(worn.disabled)
        inks = {"asks": worn.problem, "does": worn.destroy.text}
        return QColor(inks.get(str(self.property("destroys")), worn.text))


class Notice(QWidget):
    """One line beside what it is about: what is wrong and what to do, or how something went; it is also said aloud."""

    def __init__(self, wraps: bool = False) -> None:
        """:param wraps: over as many lines as it needs, where there is room beneath; else it is cut."""
        super().__init__()
        self.sign, self.label = QLabel(), QLabel(wordWrap=True) if wraps else ElidedLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self._said = "", Sign.INFO
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.sign)
        row.addWidget(self.label, 1)
        kept = self.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # nothing moves when a line comes or goes
        self.setSizePolicy(kept)
        self.setMinimumHeight(3 * GRID)
        self.hide()

    def show_either(self, problem: str, info: str) -> None:
        """What did not go; where all went, something to know."""
        self.show_problem(problem) if problem else self.show_info(info)

    def show_problem(self, words: str) -> None:
        """Something did not go; "" takes the line away."""
        self._say(words, Sign.PROBLEM, QAccessible.AnnouncementPoliteness.Assertive)

    def show_info(self, words: str) -> None:
        """Something to know; "" takes the line away."""
        self._say(words, Sign.INFO, QAccessible.AnnouncementPoliteness.Polite)

    def _say(self, words: str, drawn: Sign, how: QAccessible.AnnouncementPoliteness) -> None:
        if (words, drawn) == self._said:
            return  # shown again, but not said again
        self._said = words, drawn
        self.label.setText(words)
        self.setVisible(bool(words))
        if not words:
            return
        worn = colours(self.palette())
        colour = worn.problem if drawn is Sign.PROBLEM else worn.focus
        self.sign.setPixmap(sign(drawn, worn, colour).pixmap(QSize(SIGN_PX, SIGN_PX), self.devicePixelRatioF()))
        announce(self, words, how is QAccessible.AnnouncementPoliteness.Assertive)


class ComboBox(QComboBox):
    """The wheel changes it only when it has the focus: else who scrolls past would change it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """To the page around it, if it is not meant here."""
        super().wheelEvent(event) if self.hasFocus() else event.ignore()


class Slider(QSlider):
    """0 to 100, by tens; the wheel as with `ComboBox`."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, 100)
        self.setSingleStep(10)
        self.setPageStep(10)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """To the page around it, if it is not meant here."""
        super().wheelEvent(event) if self.hasFocus() else event.ignore()


def is_typed_in(widget: QWidget) -> bool:
    """Whether it is a field in which somebody has typed since it was filled."""
    return isinstance(widget, QLineEdit) and widget.isModified()


def narrow(box: ComboBox, letters: int) -> ComboBox:
    """As wide as so many letters, and wider only where there is room: what is in it comes from outside."""
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(letters)
    return box


def editable(box: ComboBox, words: str, longest: int) -> QLineEdit:
    """What is not in the list can be typed as well; the field that it is typed into."""
    field = name(QLineEdit(maxLength=longest, placeholderText=words), words)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.setLineEdit(field)
    field.setStyleSheet("border: none; padding: 0; min-height: 0")  # the box has all that
    return field
