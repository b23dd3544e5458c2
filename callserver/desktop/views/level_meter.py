"""How loud a microphone or a loudspeaker is: a bar that moves ten times a second."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QSize
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleValueChangeEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAccessibleWidget, QSizePolicy, QWidget

from callserver.desktop.headset.level import SILENT_DB, Level
from callserver.desktop.views.theme import GRID, colours
from callserver.desktop.views.widgets import name

LOWEST_DB = -60.0  # the left end; speech is at -30 or so
WARNING_DB, PROBLEM_DB = -9.0, -1.0  # peaks from here on: nearly too loud, too loud
BARS = 20
GAP_PX = 2


class LevelMeter(QWidget):
    """
    Bars light up from the left for power, one more for the peak; the last ones only when it is too loud.

    Those who do not see it are told its name and its level in dB when they ask; it never speaks by itself.
    """

    def __init__(self, words: str) -> None:
        """:param words: its name"""
        super().__init__()
        self.level = Level()
        self._spoken: _AccessibleMeter | None = None
        name(self, words)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        _accessible_meters()

    def show_level(self, level: Level) -> None:
        """From now on; painted only if it looks otherwise."""
        changed = lit(level) != lit(self.level)
        self.level = level
        if changed:
            self.update()
            if QAccessible.isActive():
                QAccessible.updateAccessibility(QAccessibleValueChangeEvent(self, value(level)))

    def spoken(self) -> QAccessibleInterface:
        """For screen readers; made when one asks, and kept here, because Qt does not keep it."""
        if self._spoken is None:
            self._spoken = _AccessibleMeter(self)
        return self._spoken

    def sizeHint(self) -> QSize:
        """Wide enough to be seen moving."""
        return QSize(20 * GRID, 2 * GRID)

    def minimumSizeHint(self) -> QSize:
        """Still to be read."""
        return QSize(8 * GRID, 2 * GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is not lit is hollow, so that it is read without colours too."""
        painter, worn = QPainter(self), colours(self.palette())
        n_lit, peak = lit(self.level)
        for bar in range(BARS):
            place = self._place(bar)
            if bar < n_lit or bar == peak:
                ink = (
                    worn.problem if bar >= _bar(PROBLEM_DB) else worn.warning if bar >= _bar(WARNING_DB) else worn.good
                )
                painter.fillRect(place, QColor(ink))
            else:
                painter.setPen(QColor(worn.frame))
                painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.end()

    def _place(self, bar: int) -> QRect:
        left, right = (round(at * (self.width() + GAP_PX) / BARS) for at in (bar, bar + 1))
        return QRect(left, GRID // 2, right - left - GAP_PX, self.height() - GRID)


def lit(level: Level) -> tuple[int, int]:
    """How many bars from the left are lit for the power, and the one that stands for the peak; -1: none."""
    return _bar(level.rms_db) + 1, _bar(level.peak_db)


def value(level: Level) -> str:
    """As a screen reader says it."""
    return f"{round(level.peak_db)} dB" if level.peak_db > SILENT_DB else "-"


def _bar(level_db: float) -> int:
    share = (level_db - LOWEST_DB) / -LOWEST_DB
    return -1 if share < 0 else min(BARS - 1, int(share * BARS))


class _AccessibleMeter(QAccessibleWidget):
    def __init__(self, meter: LevelMeter) -> None:
        super().__init__(meter, QAccessible.Role.ProgressBar)
        self._meter = meter

    def text(self, kind: QAccessible.Text) -> str:
        """Its level is its value."""
        return value(self._meter.level) if kind is QAccessible.Text.Value else super().text(kind)


def _make(kind: str, widget: QObject) -> QAccessibleInterface | None:
    return widget.spoken() if isinstance(widget, LevelMeter) else None


_installed: list[bool] = []


def _accessible_meters() -> None:
    if not _installed:
        _installed.append(True)
        QAccessible.installFactory(_make)
