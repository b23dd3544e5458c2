"""The fields by which recordings are looked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QDateEdit, QGridLayout, QLineEdit, QPushButton, QWidget

from callserver.desktop.presenters.recording_filter import DAYS, LENGTHS, OUTCOMES, PERIODS, RecordingFilter
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.theme import GRID
from callserver.desktop.views.widgets import ComboBox, editable, name

TEXT_MAX = 100
NARROWEST_PX = 8 * GRID
N_COLUMNS = 4  # of fields; the buttons are behind them


class FilterBar(QWidget):
    """
    Two rows; Enter in any field looks, and so does another choice in a list.

    :param look: called when it is to be looked for
    """

    def __init__(self, work: Workplace, look: Callable[[], None]) -> None:
        super().__init__()
        words = work.words
        self._look, self._every = look, words("all")
        self.period = _choice(words("Date"), {key: words(one) for key, one in PERIODS.items()})
        self.since, self.until = _day(words("First day")), _day(words("Last day"))
        self.number = _field(words("Number"), words("Number, as 138*"))
        self.seat, self.queue = _list(words("Seat")), _list(words("Queue"))
        self._seat_field = editable(self.seat, words("Seat"), TEXT_MAX)
        self._queue_field = editable(self.queue, words("Queue"), TEXT_MAX)
        self.length = _choice(words("Length"), {key: words(one) for key, (one, _) in LENGTHS.items()})
        self.outcome = _choice(words("Outcome"), {key: words(one) for key, one in OUTCOMES.items()})
        self.order = _field(words("Order"), words("Order"))
        self.note = _field(words("Note"), words("In the note"))
        self.search, self.more = QPushButton(words("Find")), QPushButton(words("More…"))
        self.more.setCheckable(True)
        self._second = (self.length, self.outcome, self.order, self.note)
        self._lay_out()
        for field in (self.number, self.order, self.note, self._seat_field, self._queue_field):
            field.returnPressed.connect(look)
        for choice in (self.period, self.length, self.outcome, self.seat, self.queue):
            choice.activated.connect(self._chosen)
        for day in (self.since, self.until):
            day.editingFinished.connect(look)
        self.search.clicked.connect(look)

    @property
    def filter(self) -> RecordingFilter:
        """What stands there."""
        return RecordingFilter(
            period=self.period.currentData(),
            since=_date(self.since),
            until=_date(self.until),
            number=self.number.text(),
            seat=self.seat.currentText(),
            queue=self.queue.currentText(),
            length=self.length.currentData(),
            outcome=self.outcome.currentData(),
            order=self.order.text(),
            note=self.note.text(),
        )

    def offer(self, seats: tuple[str, ...], queues: tuple[str, ...]) -> None:
        """Those that can be chosen; others can be typed."""
        _offer(self.seat, seats, self._every)
        _offer(self.queue, queues, self._every)

    @property
    def is_tall(self) -> bool:
        """More than one row is shown."""
        return self.more.isChecked() or self.since.isVisibleTo(self)

    def fold(self, low: bool) -> None:
        """In a low window the second row is shown only when it is asked for."""
        for widget in self._second:
            widget.setVisible(not low or self.more.isChecked())
        self.more.setVisible(low)
        folded = low and not self.more.isChecked()
        self._grid.addWidget(self.search, 0 if folded else 1, N_COLUMNS)  # behind the last field
        first, second = (self.search, self.more), (self.more, *self._second, self.search)
        for before, after in pairwise((self.queue, *(first if folded else second))):
            QWidget.setTabOrder(before, after)

    def _chosen(self) -> None:
        self._show_days()
        self._look()

    def _show_days(self) -> None:
        own_days = self.period.currentData() == DAYS
        self.since.setVisible(own_days)
        self.until.setVisible(own_days)

    def _lay_out(self) -> None:
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(GRID // 2, GRID // 2, GRID // 2, GRID // 2)  # a ring round the focus has room
        grid.setSpacing(GRID)
        rows: tuple[tuple[QWidget, ...], ...] = (
            (self.period, self.number, self.seat, self.queue),
            (self.length, self.outcome, self.order, self.note),
        )
        for row, widgets in enumerate(rows):
            for column, widget in enumerate(widgets):
                grid.addWidget(widget, row, column)
                grid.setColumnStretch(column, 1)
        grid.addWidget(self.since, 2, 0)
        grid.addWidget(self.until, 2, 1)
        grid.addWidget(self.more, 0, N_COLUMNS + 1)
        self.fold(low=False)
        self._show_days()


def _choice(words: str, choices: dict[str, str]) -> ComboBox:
    box = name(ComboBox(), words)
    for key, shown in choices.items():
        box.addItem(shown, key)
    box.setMinimumWidth(NARROWEST_PX)
    return box


def _list(words: str) -> ComboBox:
    box = name(ComboBox(), words)
    box.setMinimumWidth(NARROWEST_PX)
    return box


def _offer(box: ComboBox, choices: tuple[str, ...], every: str) -> None:
    wanted = ("", *choices)
    if wanted != tuple(box.itemText(index) for index in range(box.count())):
        typed = box.currentText()
        box.clear()
        box.addItems(wanted)
        box.setItemData(0, every, Qt.ItemDataRole.AccessibleTextRole)  # an empty field asks for all
        box.setEditText(typed)


def _field(words: str, placeholder: str) -> QLineEdit:
    field = name(QLineEdit(maxLength=TEXT_MAX, placeholderText=placeholder), words)
    field.setMinimumWidth(NARROWEST_PX)
    return field


def _date(field: QDateEdit) -> date:
    shown = field.date()
    return date(shown.year(), shown.month(), shown.day())


def _day(words: str) -> QDateEdit:
    day = name(QDateEdit(QDate.currentDate()), words)
    day.setCalendarPopup(True)
    day.setDisplayFormat("yyyy-MM-dd")
    return day
