"""The bar at the top of the window."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QPushButton, QToolButton, QWidget

from callserver.desktop.keys import Act
from callserver.desktop.presenters.state_bar import StateBar, StateBarData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.actions import Actions
from callserver.desktop.views.icons import badge
from callserver.desktop.views.screen import Screen
from callserver.desktop.views.theme import GRID, LARGE_PX, colours, sized
from callserver.desktop.views.theme_menu import ThemeMenu
from callserver.desktop.views.widgets import ElidedLabel, Notice, enable

BADGE_PX = 28
IN_MENU = (Act.BOARD, Act.RECORDINGS, Act.STAFF, Act.SETTINGS, Act.DEVICES, Act.WALLBOARD, Act.KEYS, Act.LOG_OUT)


class StateBarView(Screen):
    """State, person, what waits, and the two acts that are always there."""

    def __init__(self, work: Workplace, actions: Actions) -> None:
        super().__init__()
        self._work = work
        self.icon, self.state, self.clock = QLabel(), ElidedLabel(), QLabel()
        self.kept, self.person, self.waiting, self.notice = ElidedLabel(), ElidedLabel(), QLabel(), Notice()
        self.wrap_up = QProgressBar(textVisible=False, maximum=1000)
        self.ready = QPushButton(work.words("Ready"))
        self.pause, self.missed, self.menu = QToolButton(), QPushButton(), QToolButton()
        self.more_time = QPushButton(work.words("More time"))
        self.state.setFont(sized(LARGE_PX, bold=True))
        self.clock.setFont(sized(LARGE_PX))
        self.wrap_up.setMaximumHeight(GRID)
        self.wrap_up.setAccessibleName(work.words("Time left of the wrap-up"))
        self._lay_out()
        self._fill_menus(actions)
        self.presenter: StateBar = StateBar(work, self.show_data)
        self.ready.clicked.connect(self.presenter.ready)
        self.more_time.clicked.connect(self.presenter.more_time)
        self.missed.clicked.connect(actions[Act.MISSED].trigger)
        self._pauses.triggered.connect(self._pause_chosen)

    def show_data(self, data: StateBarData) -> None:
        """Paint it."""
        picture = badge(data.state, colours(self.palette()), wrap_up=data.wrap_up_left is not None)
        self.icon.setPixmap(picture.pixmap(QSize(BADGE_PX, BADGE_PX), self.devicePixelRatioF()))
        self.state.setText(data.word)
        self.clock.setText(data.clock)
        self.kept.setText(data.kept)
        self.kept.setVisible(bool(data.kept))
        self.person.setText(data.person)
        self.waiting.setText(data.waiting)
        self.missed.setText(data.missed)
        self.missed.setVisible(bool(data.missed))
        enable(self.ready, data.may_ready)
        enable(self.pause, data.may_pause)
        self.pause.setText(data.pause)
        self.wrap_up.setVisible(data.wrap_up_left is not None)
        self.more_time.setVisible(data.wrap_up_left is not None)
        self.wrap_up.setValue(round(1000 * (data.wrap_up_left or 0.0)))
        problem = data.problem or ("" if data.is_connected else data.connection)
        self.notice.show_problem(problem) if problem else self.notice.show_info(data.notice)

    def open_pauses(self) -> None:
        """Ctrl+P: the reasons, each with its digit."""
        if self.pause.isEnabled():  # `showMenu` would wait in it for the choice
            self._pauses.popup(self.pause.mapToGlobal(self.pause.rect().bottomLeft()))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID)
        left: tuple[QWidget, ...] = (self.icon, self.state, self.clock, self.wrap_up, self.more_time, self.kept)
        right: tuple[QWidget, ...] = (self.person, self.ready, self.pause, self.waiting, self.missed, self.menu)
        for widget in left:
            row.addWidget(widget)
        row.addWidget(self.notice, 1)
        for widget in right:
            row.addWidget(widget)

    def _fill_menus(self, actions: Actions) -> None:
        self._pauses = QMenu(self)
        for digit, (code, word) in enumerate(StateBar.reasons_in(self._work.language), 1):
            self._pauses.addAction(f"&{digit} {word}").setData(code)
        self.pause.setMenu(self._pauses)
        self.pause.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        for act in IN_MENU:
            self._menu.addAction(actions[act])
        self._menu.insertMenu(actions[Act.LOG_OUT], ThemeMenu(self._work, self._menu))
        self.menu.setText("☰")
        self.menu.setAccessibleName(self._work.words("Menu"))
        self.menu.setMenu(self._menu)
        self.menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        for menu in (self._pauses, self._menu):
            menu.aboutToHide.connect(self._mouse_left)

    def _mouse_left(self) -> None:
        """While a menu is open Qt tells no button that the mouse has left it: it would stay painted so."""
        for button in (self.pause, self.menu):
            is_under = button.rect().contains(button.mapFromGlobal(QCursor.pos()))
            button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, is_under)
            button.update()

    def _pause_chosen(self, action: QAction) -> None:
        self.presenter.pause(action.data())
