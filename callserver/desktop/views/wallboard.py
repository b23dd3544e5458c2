"""The wallboard: a page of the window, and a window of its own, for a second screen that a whole room sees."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QPushButton, QWidget

from callserver.desktop.keys import Act, keys, shown
from callserver.desktop.presenters.wallboard import Wallboard, WallboardData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.icons import program_icon
from callserver.desktop.views.screen import column, row
from callserver.desktop.views.seen_screen import SeenScreen
from callserver.desktop.views.theme import colours, sized
from callserver.desktop.views.wall_tiles import LABEL_SHARE, WallTiles
from callserver.desktop.views.widgets import Notice, announce, name

FIRST_SIZE, SMALLEST = (1280, 720), (480, 270)


class WallboardView(SeenScreen):
    """The page, from which the other is opened."""

    is_wide = True

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        name(self, work.words("Wallboard"))
        table = keys(work.settings.now.keys)
        self.board, self.notice = WallTiles(), Notice()
        self.apart = QPushButton(f"{work.words('Window of its own')} {shown(table[Act.WALL_WINDOW])}")
        lines = column(self)
        lines.addWidget(self.board, 1)
        lines.addLayout(row((self.notice, 1), (self.apart, 0)))
        self.presenter = Wallboard(work, self.show_data)
        self.apart.clicked.connect(self._open_window)

    def show_data(self, data: WallboardData) -> None:
        """Paint it."""
        self.board.show_data(data)
        self.notice.show_problem(data.note)

    def _open_window(self) -> None:
        self.opens.emit(Act.WALL_WINDOW)


class WallboardWindow(SeenScreen):
    """
    It stays while the agent goes on working in the other one, whose keys work here as well.

    A double click gives it the whole screen and takes it back; Esc closes it.
    """

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words = work.words
        self.setWindowTitle(f"{words('Wallboard')} – {words('Telephone service centre')}")
        self.setWindowIcon(program_icon())
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)  # the agent goes on typing where he was
        self.setMinimumSize(*SMALLEST)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        name(self, words("Wallboard"))
        self.board, self.note = WallTiles(self), WallNote(self)
        lines = column(self, spacing=0)
        lines.addWidget(self.board, 1)
        lines.addWidget(self.note)
        self.presenter = Wallboard(work, self.show_data)

    def show_data(self, data: WallboardData) -> None:
        """Paint it."""
        self.board.show_data(data)
        self.note.show_words(data.note)

    def appear(self, beside: QWidget) -> None:
        """Where the window of the work is not: all of a second screen; where there is none, a window like others."""
        others = [screen for screen in QGuiApplication.screens() if screen is not beside.screen()]
        self.resize(*FIRST_SIZE)
        if others:
            self.setGeometry(others[0].geometry())
            self.showFullScreen()
        else:
            self.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Letters grow with it."""
        super().resizeEvent(event)
        self.note.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc."""
        self.close() if event.key() == Qt.Key.Key_Escape else super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The whole screen, or not any more."""
        self.showNormal() if self.isFullScreen() else self.showFullScreen()


class WallNote(QWidget):
    """Why the numbers are not those of now, in letters as large as the words of the tiles; said aloud once."""

    def __init__(self, whole: QWidget) -> None:
        super().__init__()
        self._whole, self.words = whole, ""
        self.hide()

    def show_words(self, words: str) -> None:
        """Paint it; "" takes the line away."""
        if words == self.words:
            return
        self.words = words
        name(self, words)
        self.fit()
        self.setVisible(bool(words))
        self.update()
        if words:
            announce(self, words, assertive=False)

    def fit(self) -> None:
        """The whole is larger now, or smaller."""
        self.setFixedHeight(round(1.3 * LABEL_SHARE * self._whole.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """In the colour of what is wrong."""
        painter = QPainter(self)
        painter.setPen(colours(self.palette()).problem)
        px = round(LABEL_SHARE * self._whole.height())
        font = sized(max(px, 1), bold=True)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(self.words)
        if width > self.width():
            painter.setFont(sized(max(1, px * self.width() // width), bold=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.words)
