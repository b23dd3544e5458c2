"""The supervisor's board."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from callserver.desktop.keys import Act
from callserver.desktop.presenters.board import Board, BoardData, DeedButton
from callserver.desktop.presenters.deeds import DESTROYS, Deed
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.board_tiles import BoardTiles
from callserver.desktop.views.legend import LegendPanel
from callserver.desktop.views.question import QuestionView
from callserver.desktop.views.screen import Screen, column, row
from callserver.desktop.views.table import Table
from callserver.desktop.views.theme import GRID, LARGE_PX, sized
from callserver.desktop.views.widgets import ActionButton, ElidedLabel, Notice, name, tooltip

BELOW_PX, LEAST_BELOW_PX = 18 * GRID, 12 * GRID
LOW_ROW_PX, LEAST_BUTTON_PX = 3 * GRID, 12 * GRID
WIDTHS_PX = (24, 104, 48, 64, 80)  # of those who wait: place, number, wait, queue, priority


class BoardView(Screen):
    """Tiles above; below them who waits, what is selected, what is wrong; at the bottom what can be done."""

    is_wide = True

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words = work.words
        self.presenter: Board = Board(work, self.show_data)
        self.title, self.hearing, self.notice = ElidedLabel(), ElidedLabel(foreign=True), Notice()
        self.title.setFont(sized(LARGE_PX, bold=True))
        self.tiles = name(BoardTiles(), words("Lines and seats"))
        self.legend_button = QPushButton(words("Legend"))
        self.legend_button.setCheckable(True)
        self.legend = LegendPanel(words("Legend"), self.presenter.legend)
        titles = ("#", words("Number"), words("Wait"), words("Queue"), words("Priority"), words("Note"))
        self.waiting = _facts(Table(words("Who waits"), titles, right=(0, 2, 4), empty=words("Nobody waits")))
        self.waiting.set_widths(*WIDTHS_PX)
        self._alarms: tuple[str, ...] = ()
        self.alarms = _facts(Table(words("Alarms"), (words("Alarms"),), empty=words("No alarms"), tip=self._alarm))
        self.detail = QLabel()
        self.detail.setTextFormat(Qt.TextFormat.PlainText)
        self.detail.setWordWrap(True)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.question = QuestionView()
        self.buttons = {deed: ActionButton() for deed in Deed}
        self._lay_out()
        self._connect()

    def show_data(self, data: BoardData) -> None:
        """Paint it."""
        self.title.setText(data.title)
        self.hearing.setText(data.hearing)
        self.notice.show_problem(data.problem)
        self.tiles.put(data.tiles, data.selected, data.is_old)
        for part in (self.title, self.hearing, self.waiting, self.alarms, self.detail):
            part.setEnabled(not data.is_old)
        waiting = [(one.place, one.caller, one.wait, one.queue, one.priority, one.mark) for one in data.waiting]
        self.waiting.show_rows(waiting, range(len(waiting)))
        self._alarms = data.alarms
        self.alarms.show_rows([(alarm,) for alarm in data.alarms])
        self.alarms.rows.rename(0, data.alarms_title)
        self.detail.setText("\n".join(data.detail))
        for button in data.buttons:
            self._show_button(button)
        if data.question is not None:
            self._below.setCurrentWidget(self.question)
        self.question.show_question(data.question)
        if data.question is None and self._below.currentWidget() is self.question:
            self._below.setCurrentIndex(0)
            self.tiles.setFocus()

    def act(self, act: Act) -> bool:
        """Ctrl+L on a tile listens there."""
        if act is not Act.LISTEN:
            return False
        self.presenter.act(Deed.LISTEN)
        return True

    def take_focus(self) -> None:
        self.tiles.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There may be less room, or more."""
        super().resizeEvent(event)
        self._below.setFixedHeight(max(LEAST_BELOW_PX, min(BELOW_PX, self.height() // 6)))
        self._place_buttons()

    def _place_buttons(self) -> None:
        """What destroys stands apart: behind a line, or where there is no room under it; always at the same place."""
        room = self.width() - (self.legend.width() if self.legend_button.isChecked() else 0)
        needed = self._harmless.sizeHint().width() + self._harmful.sizeHint().width() + 6 * GRID
        self._line.setVisible(room >= needed)
        directions = QBoxLayout.Direction
        self._row.setDirection(directions.LeftToRight if room >= needed else directions.TopToBottom)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme draws the legend anew."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.legend.draw()

    def _show_button(self, button: DeedButton) -> None:
        widget = self.buttons[button.deed]
        if widget.hasFocus() and not button.may:
            self.tiles.setFocus()  # else a blank would press the next one
        widget.show_action(button.word)
        widget.setEnabled(button.may)
        tooltip(widget, button.why_not)
        widget.destroys("asks" if button.destroys else "")

    def _alarm(self, row: int, _column: int) -> str:
        """Whole, where there is no room for it."""
        return self._alarms[row]

    def _show_legend(self, shown: bool) -> None:
        self.legend.draw()
        self.legend.setVisible(shown)
        self._place_buttons()

    def _connect(self) -> None:
        self.tiles.chosen.connect(self.presenter.select)
        self.tiles.flowed.connect(self.presenter.flow)
        self.legend_button.toggled.connect(self._show_legend)
        self.question.answered.connect(self._answered)
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        for button in self.buttons.values():
            self._group.addButton(button)
        self._group.buttonClicked.connect(self._pressed)

    def _answered(self, yes: bool) -> None:
        self.presenter.confirm(self.question.choice) if yes else self.presenter.cancel()

    def _pressed(self, pressed: QAbstractButton) -> None:
        self.presenter.act(next(deed for deed, button in self.buttons.items() if button is pressed))

    def _lay_out(self) -> None:
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        left = QWidget()
        whole.addWidget(self.legend)  # at the left: the buttons stay
        whole.addWidget(left, 1)
        self.legend.hide()
        lines = column(left)
        lines.addLayout(row((self.title, 0), (self.hearing, 1), (self.notice, 1), (self.legend_button, 0)))
        lines.addWidget(self.tiles, 1)
        self._below, facts = QStackedWidget(), QWidget()
        facts.setLayout(row((self.waiting, 6), (self.detail, 3), (self.alarms, 3)))
        self._below.addWidget(facts)
        self._below.addWidget(self.question)
        lines.addWidget(self._below)
        lines.addWidget(self._button_row())

    def _button_row(self) -> QWidget:
        """
        At the right edge, each as wide as its longest word.

        So no click that was meant for one of them reaches another when the card of a call takes room at the left, or
        a word changes.
        """
        whole = QWidget()
        whole.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # no window is too narrow for it
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, whole)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GRID)
        self._row.addStretch(1)
        self._harmless, self._harmful, self._line = QHBoxLayout(), QHBoxLayout(), QFrame()
        for deed, button in self.buttons.items():
            button.setFixedWidth(max(LEAST_BUTTON_PX, *map(button.width_of, self.presenter.words_of(deed))))
            (self._harmful if deed in DESTROYS else self._harmless).addWidget(button)
        self._line.setFrameShape(QFrame.Shape.VLine)
        self._row.addLayout(self._harmless)
        self._row.addWidget(self._line)
        self._row.addLayout(self._harmful)
        for part in (self._harmless, self._harmful):
            self._row.setAlignment(part, Qt.AlignmentFlag.AlignRight)
        return whole


def _facts(table: Table) -> Table:
    """A small one, beside others."""
    table.only_shows()
    table.verticalHeader().setDefaultSectionSize(LOW_ROW_PX)
    table.horizontalHeader().setMinimumSectionSize(3 * GRID)
    table.setMinimumHeight(2 * LOW_ROW_PX)
    return table
