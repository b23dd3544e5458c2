"""The one window, put together: bar, row of buttons, card, tabs and panels, side column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from callserver.desktop.keys import Act
from callserver.desktop.panels import PANELS, TABS
from callserver.desktop.presenters.title import Title, TitleData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.actions import Actions
from callserver.desktop.views.call_card import CallCardView
from callserver.desktop.views.controls import ControlsView
from callserver.desktop.views.day_line import DayLineView
from callserver.desktop.views.headset_line import HeadsetLineView
from callserver.desktop.views.outcome import OutcomeView
from callserver.desktop.views.screen import Screen
from callserver.desktop.views.side import WIDTH as SIDE_PX
from callserver.desktop.views.side import SideView
from callserver.desktop.views.state_bar import StateBarView
from callserver.desktop.views.theme import GRID
from callserver.desktop.views.wallboard import WallboardWindow
from callserver.desktop.views.widgets import is_typed_in

QWIDGETSIZE_MAX = (1 << 24) - 1  # Qt's own, for no limit
SMALLEST = (960, 540)
SIDE_FROM_PX = 1100  # in a narrower window the column at the right is a tab


class MainWindow(QWidget):
    """
    What an agent sees from log-in to log-out.

    Tabs are always there; a panel, such as that of a transfer, lies over them until it is closed, and the card beside
    them stays. Whatever is opened is kept, so that what was typed there is found again.
    """

    log_out_wanted = Signal()

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        self.setMinimumSize(*SMALLEST)
        self.work = work
        self._ringing_call, self._has_call, self._has_left = "", False, False
        self._panels: dict[Act, Screen] = {}
        self.wall: WallboardWindow | None = None  # on a second screen, perhaps
        self.actions_ = Actions(self, work.language, work.settings.now.keys, self.act)
        self.bar, self.card = StateBarView(work, self.actions_), CallCardView(work, self.actions_)
        self.controls = ControlsView(work, self.actions_, self.open)
        self.side, self.outcome = SideView(work), OutcomeView(work)
        self.day, self.headset = DayLineView(work), HeadsetLineView(work)
        self.tabs, self.stack = QTabWidget(), QStackedWidget()
        self.tabs.setAccessibleName(work.words("Customer's record"))
        for act, make in TABS.items():
            tab = make(work)
            tab.opens.connect(self.act)
            self.tabs.addTab(tab, work.words(act.value))
        self.stack.addWidget(self.tabs)
        self.stack.currentChanged.connect(self._make_room)
        self.outcome.comes_up.connect(self.close_panel)
        self._title = Title(work, self._show_title)
        self._own_acts: Mapping[Act, Callable[[], None]] = {
            Act.CLOSE: self.close_panel,
            Act.CARRY_OUT: self._carry_out,
            Act.SAVE: self._save,
            Act.GRAB: self.side.grab_chosen,
            Act.PICK_UP: self.side.pick_up_chosen,
            Act.READY: self.bar.ready.click,  # where that is disabled, it does nothing
            Act.PAUSE: self.bar.open_pauses,
            Act.LOG_OUT: self.log_out_wanted.emit,
            Act.WALL_WINDOW: self._wall_window,
        }
        self._lay_out()
        self._place_side()
        for screen in self._screens():
            screen.begin()
        self._title.start()
        work.record.begin()
        application().focusChanged.connect(self._focus_moved)

    @property
    def panel(self) -> Screen | None:
        """What lies over the tabs."""
        top = self.stack.currentWidget()
        return top if isinstance(top, Screen) else None

    def act(self, act: Act) -> None:
        """A key, a button, or an entry of the menu."""
        if self.wall is not None and self.wall.isActiveWindow() and act is not Act.WALL_WINDOW:
            self.window().raise_()  # what the key does is seen here
            self.window().activateWindow()
        if act in TABS:
            self.close_panel()
            self.tabs.setCurrentIndex(list(TABS).index(act))
            self._current().take_focus()
        elif act in self._own_acts:
            self._own_acts[act]()
        elif act in PANELS and act not in self.controls.buttons:
            self.open(act)
        elif self.panel is None or not self.panel.act(act):
            self.controls.presenter.act(act)

    def open(self, act: Act) -> None:
        """Lay its panel over the tabs."""
        if act not in PANELS:
            return
        if act not in self._panels:
            self._panels[act] = PANELS[act](self.work)
            self.stack.addWidget(self._panels[act])
            self._panels[act].done.connect(self.close_panel)
            self._panels[act].opens.connect(self.act)
            self._panels[act].begin()
        self.stack.setCurrentWidget(self._panels[act])
        self._panels[act].take_focus()

    def close_panel(self) -> None:
        """The tabs again; what was typed in the panel stays there. Never a call."""
        self.stack.setCurrentWidget(self.tabs)

    def may_close(self) -> bool:
        """Whether nothing that was typed would be lost."""
        screens = *self._screens(), *self._panels.values()
        return self.work.drafts.is_empty and all(screen.may_close() for screen in screens)

    def show_problem(self, words: str) -> None:
        """In the bar: why something was not done that belongs to no screen."""
        self.bar.presenter.problem = words
        self.bar.presenter.refresh()

    def leave(self) -> None:
        """The person has logged out: nothing is told here any more. Asked again, it has been done."""
        if self._has_left:
            return
        self._has_left = True
        application().focusChanged.disconnect(self._focus_moved)
        self._title.stop()
        self.work.record.end()
        for screen in (*self._screens(), *self._panels.values()):
            screen.leave()
        if self.wall is not None:
            self.wall.leave()
            self.wall.close()
            self.wall.deleteLater()

    def _focus_moved(self) -> None:
        """What was typed in a field that is left is on the disk."""
        self.work.drafts.write()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What no field has taken; a digit is an outcome's."""
        digit, held = event.text(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain = digit.isdecimal() and not held and not event.isAutoRepeat()
        if not (plain and self.panel is None and self.outcome.digit(int(digit))):
            super().keyPressEvent(event)

    def _wall_window(self) -> None:
        """Opened, or closed; its keys are those of this window, but for Esc."""
        if self.wall is None:
            self.wall = WallboardWindow(self.work)
            self.wall.addActions([action for action in self.actions() if action is not self.actions_[Act.CLOSE]])
            self.wall.begin()
        self.wall.close() if self.wall.isVisible() else self.wall.appear(self)

    def _carry_out(self) -> None:
        in_outcome = self.outcome.isAncestorOf(self.focusWidget() or self)
        (self.outcome if in_outcome else self._current()).carry_out()

    def _save(self) -> None:
        self._current().save()

    def _current(self) -> Screen:
        current = self.panel or self.tabs.currentWidget()
        assert isinstance(current, Screen)
        return current

    def _screens(self) -> Iterator[Screen]:
        yield from (self.bar, self.controls, self.card, self.outcome, self.side, self.day, self.headset)
        for index in range(self.tabs.count()):
            tab = self.tabs.widget(index)
            assert isinstance(tab, Screen)
            if tab is not self.side:
                yield tab

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There may be room for the column now, or none any more."""
        super().resizeEvent(event)
        self._place_side()
        self._make_room()

    def _place_side(self) -> None:
        is_tab = self.tabs.indexOf(self.side) >= 0
        if self.width() < SIDE_FROM_PX and not is_tab:
            self.side.setMinimumWidth(0)
            self.side.setMaximumWidth(QWIDGETSIZE_MAX)
            self.tabs.addTab(self.side, self.work.words("Colleagues"))
        elif self.width() >= SIDE_FROM_PX and (is_tab or self._row.indexOf(self.side) < 0):
            if is_tab:
                self.tabs.removeTab(self.tabs.indexOf(self.side))
            self.side.setFixedWidth(SIDE_PX)
            self._row.addWidget(self.side)
            self.side.show()

    def _show_title(self, data: TitleData) -> None:
        self.setWindowTitle(data.title)
        if data.ringing_call and data.ringing_call != self._ringing_call:
            QApplication.alert(self)
        if self._has_call and not self._ringing_call and not data.has_call:
            self._leave_field()
        self._ringing_call, self._has_call = data.ringing_call, data.has_call
        self._make_room()

    def _leave_field(self) -> None:
        """The talk is over: a digit is its outcome's, and no field's of the tabs where nothing has been typed."""
        focused = self.focusWidget()
        if self.panel is None and focused is not None and self.tabs.isAncestorOf(focused) and not is_typed_in(focused):
            self.setFocus()

    def _make_room(self) -> None:
        """A board of twenty lines needs the whole window; the card of a call goes before."""
        panel = self.panel
        roomy = self._has_call or panel is None or not panel.is_wide
        self.card.setVisible(roomy)
        self.outcome.setVisible(panel is None)
        if self.tabs.indexOf(self.side) < 0:
            self.side.setVisible(roomy)

    def _lay_out(self) -> None:
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(GRID // 2)
        lines.addWidget(self.bar)
        lines.addWidget(self.controls)
        row = self._row = QHBoxLayout()
        row.setContentsMargins(GRID, 0, GRID, 0)
        row.setSpacing(GRID)
        row.addWidget(self.card)
        middle = QVBoxLayout()
        middle.setSpacing(GRID // 2)
        middle.addWidget(self.stack, 1)
        middle.addWidget(self.outcome)
        row.addLayout(middle, 1)
        lines.addLayout(row, 1)
        lines.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        """The line at the bottom."""
        row = QHBoxLayout()
        row.setContentsMargins(GRID, 0, GRID, GRID // 2)
        row.setSpacing(2 * GRID)
        row.addWidget(self.day, 1)
        row.addWidget(self.headset)
        return row


def application() -> QApplication:
    """The one of this process."""
    found = QApplication.instance()
    assert isinstance(found, QApplication)
    return found
