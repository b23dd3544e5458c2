"""The wallboard: six tiles whose numbers are read from five metres."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from callserver.desktop.keys import Act, keys, shown
from callserver.desktop.presenters.wallboard import Level, Wallboard, WallboardData, WallNumber
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.colours import Ground
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.theme import GRID, colours, sized
from callserver.desktop.views.widgets import Notice, name

COLUMNS, N_TILES = 3, 6
LABEL_SHARE, NUMBER_SHARE = 0.064, 0.19  # of the height: 6 % and 18 % are read at five metres
MARKS = {Level.NONE: "", Level.WITHIN: "✔ ", Level.NEAR: "! ", Level.BEYOND: "✖ "}
CENTRED = int(Qt.AlignmentFlag.AlignCenter)


class WallTile(QWidget):
    """One number: its word above, its target beneath; its colour and its mark say how they stand to each other."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: WallNumber | None = None

    def show_number(self, shown: WallNumber) -> None:
        """Paint it."""
        if shown == self._shown:
            return
        self._shown = shown
        name(self, f"{shown.label} {shown.value} {shown.target}".rstrip())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Sizes are shares of the whole board's height, not of the tile's."""
        shown, whole = self._shown, self.parentWidget()
        if shown is None or whole is None:
            return
        ground, height, painter = self._ground(shown.level), whole.height(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground.fill))
        painter.drawRoundedRect(self.rect(), GRID, GRID)
        painter.setPen(QColor(ground.text))
        label, number, target = self._parts(height)
        painter.setFont(_fitting(shown.label, label, round(LABEL_SHARE * height), wraps=True))
        painter.drawText(label, CENTRED | int(Qt.TextFlag.TextWordWrap), shown.label)
        painter.setFont(_fitting(shown.value, number, round(NUMBER_SHARE * height)))
        painter.drawText(number, CENTRED, shown.value)
        beneath = MARKS[shown.level] + shown.target if shown.target else ""
        painter.setFont(_fitting(beneath, target, round(LABEL_SHARE * height)))
        painter.drawText(target, CENTRED, beneath)

    def _ground(self, level: Level) -> Ground:
        worn = colours(self.palette())
        plain = Ground(worn.panel, worn.text)
        return {Level.WITHIN: worn.within, Level.NEAR: worn.near, Level.BEYOND: worn.beyond}.get(level, plain)

    def _parts(self, height: int) -> tuple[QRect, QRect, QRect]:
        """Two lines of a label, the number, the target."""
        inside = self.rect().adjusted(GRID, GRID // 2, -GRID, -GRID // 2)
        line = round(1.25 * LABEL_SHARE * height)
        label = QRect(inside.left(), inside.top(), inside.width(), 2 * line)
        target = QRect(inside.left(), inside.bottom() - line, inside.width(), line)
        number = QRect(inside.left(), label.bottom(), inside.width(), target.top() - label.bottom())
        return label, number, target


class WallboardView(Screen):
    """Ctrl+F11: the whole screen, until a call comes; Esc leaves it."""

    is_wide = True

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        name(self, work.words("Wallboard"))
        table = keys(work.settings.now.keys)
        self.board, self.notice = QWidget(), Notice()
        self.full = QPushButton(f"{work.words('Full screen')} {shown(table[Act.FULL_SCREEN])}")
        self.tiles = tuple(WallTile() for _ in range(N_TILES))
        grid, self._foot = QGridLayout(self.board), QWidget()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        for place, tile in enumerate(self.tiles):
            grid.addWidget(tile, *divmod(place, COLUMNS))
        for place in range(COLUMNS):
            grid.setColumnStretch(place, 1)
        for place in range(N_TILES // COLUMNS):
            grid.setRowStretch(place, 1)
        row, lines = QHBoxLayout(self._foot), column(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.notice, 1)
        row.addWidget(self.full)
        lines.addWidget(self.board, 1)
        lines.addWidget(self._foot)
        self.presenter: Wallboard = Wallboard(work, self.show_data)
        self.full.clicked.connect(self.fill_screen)

    def show_data(self, data: WallboardData) -> None:
        """Paint it."""
        for tile, number in zip(self.tiles, data.numbers, strict=False):
            tile.show_number(number)
        self.notice.show_problem(data.note)
        self._foot.setVisible(not self.is_alone or bool(data.note))

    def act(self, act: Act) -> bool:
        """Ctrl+F11."""
        if act is not Act.FULL_SCREEN:
            return False
        self.fill_screen()
        return True

    def fill_screen(self) -> None:
        """The whole screen, or the window again."""
        self._alone(not self.is_alone)
        self.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """From now on the numbers are asked for."""
        super().showEvent(event)
        self.presenter.see()

    def hideEvent(self, event: QHideEvent) -> None:
        """No more; and the window is as it was."""
        super().hideEvent(event)
        self.presenter.look_away()
        if not event.spontaneous():
            self._alone(False)

    def leave(self) -> None:
        """The window is as it was."""
        super().leave()
        self._alone(False)

    def _alone(self, alone: bool) -> None:
        if alone == self.is_alone:
            return
        self.is_alone = alone
        window, full = self.window(), Qt.WindowState.WindowFullScreen
        state = window.windowState()
        window.setWindowState(state | full if alone else state & ~full)
        self._foot.setVisible(not alone)
        self.room_wanted.emit()


def _fitting(words: str, room: QRect, px: int, wraps: bool = False) -> QFont:
    """So large, or as large as there is room for."""
    font = sized(max(px, 1), bold=True)
    if not words or wraps:
        return font
    width = QFontMetrics(font).horizontalAdvance(words)
    return font if width <= room.width() else sized(max(1, px * room.width() // width), bold=True)
