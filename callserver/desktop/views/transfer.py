"""The panel of transfers: find, choose, ask or send on; and the four ways to go on while somebody is asked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from callserver.desktop.keys import Act, keys, shown
from callserver.desktop.presenters.transfer import Transfer, TransferData
from callserver.desktop.presenters.transfer_list import Filter
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.row_list import RowList
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.theme import GRID, LARGE_PX, sized
from callserver.desktop.views.widgets import ElidedLabel, Notice, tooltip

FIND_MAX = 40
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}


class TransferView(Screen):
    """The focus stays in the field: arrows choose in the list, Enter asks, Ctrl+Enter sends on."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words, table = work.words, keys(work.settings.now.keys)
        self.title, self.consulting = ElidedLabel(foreign=True), ElidedLabel(foreign=True)
        self.title.setFont(sized(LARGE_PX, bold=True))
        self.consulting.setFont(sized(LARGE_PX))
        self.field = QLineEdit(maxLength=FIND_MAX, placeholderText=words("Name or number; a digit chooses its row"))
        self.field.setAccessibleName(words("Find"))
        self.list, self.nothing = RowList(words("Where to")), QLabel()
        self.consult = QPushButton(f"{words('Consult')} Enter")
        self.send = QPushButton(f"{words('Blind transfer')} {shown(table[Act.CARRY_OUT])}")
        self.flash, self.star = QPushButton(words("By the exchange")), QPushButton()
        self.complete = QPushButton(f"{words('Complete')} {shown(table[Act.TRANSFER])}")
        self.three_way = QPushButton(f"{words('Three-way')} {shown(table[Act.THREE_WAY])}")
        self.swap = QPushButton(f"{words('Swap')} {shown(table[Act.HOLD])}")
        self.cancel = QPushButton(f"{words('Cancel consult')} {shown(table[Act.HANG_UP])}")
        tooltip(self.star, shown(table[Act.FAVOURITE]))  # the row has no room for it
        self.notice = Notice()
        self.filters = QButtonGroup(self)
        self._lay_out(work)
        self.presenter: Transfer = Transfer(work, self.show_data, self.close_panel)
        self._connect()

    def show_data(self, data: TransferData) -> None:
        """Paint it."""
        self.title.setText(data.title)
        self.list.show_rows(data.rows)
        if self.list.key != data.chosen:
            self.list.choose(data.chosen)
        self.nothing.setText(data.nothing)
        self.nothing.setVisible(bool(data.nothing))
        self.list.setVisible(not data.nothing)
        self.star.setText(data.star)
        self.consulting.setText(data.consulting)
        self._both.setVisible(bool(data.consulting))
        self._alone.setVisible(not data.consulting)
        for button, may in (
            (self.consult, data.may_consult),
            (self.send, data.may_send),
            (self.flash, data.may_flash),
            (self.complete, data.may_complete),
            (self.three_way, data.may_join_all),
            (self.swap, data.may_join_all),
            (self.cancel, data.may_cancel),
        ):
            button.setEnabled(may)
        self.list.show_old(data.is_old)
        self.notice.show_problem(data.problem)

    def carry_out(self) -> None:
        """Ctrl+Enter."""
        self.presenter.send()

    def act(self, act: Act) -> bool:
        """F8, F9 while somebody is consulted: done, and the panel goes. Ctrl+D: a favourite, or no more."""
        if act is Act.FAVOURITE:
            self.presenter.star()
            return True
        if act is Act.TRANSFER and self.complete.isEnabled():
            self.presenter.complete()
            return True
        if act is Act.THREE_WAY and self.three_way.isEnabled():
            self.presenter.three_way()
            return True
        return False

    def take_focus(self) -> None:
        """It is opened: the whole list, its first row chosen."""
        self.presenter.opened()
        self.field.clear()
        self.presenter.find("")
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows in the field move in the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in STEPS:
            self.list.step(STEPS[Qt.Key(event.key())])
            return True
        return super().eventFilter(watched, event)

    def _filter(self, which: int) -> None:
        self.presenter.filter(list(Filter)[which])

    def _connect(self) -> None:
        show = self.presenter
        self.field.installEventFilter(self)
        self.field.textChanged.connect(show.find)
        self.field.returnPressed.connect(show.consult)
        self.list.chosen.connect(show.choose)
        self.list.carried_out.connect(self._asked)
        self.filters.idClicked.connect(self._filter)
        for button, act in (
            (self.consult, show.consult),
            (self.send, show.send),
            (self.flash, show.flash),
            (self.star, show.star),
            (self.complete, show.complete),
            (self.three_way, show.three_way),
            (self.swap, show.swap),
            (self.cancel, show.cancel),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(act)

    def _asked(self, key: str) -> None:
        """Enter or a double click on a row."""
        self.presenter.choose(key)
        self.presenter.consult()

    def _lay_out(self, work: Workplace) -> None:
        lines = column(self)
        lines.addWidget(self.title)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.field, 1)
        for n, one in enumerate(Filter):
            button = QPushButton(work.words(one.value), autoDefault=False)
            button.setCheckable(True)
            button.setChecked(one is Filter.ALL)
            self.filters.addButton(button, n)
            top.addWidget(button)
        lines.addLayout(top)
        lines.addWidget(self.nothing, 1, Qt.AlignmentFlag.AlignTop)  # in the list's place
        lines.addWidget(self.list, 1)
        self._alone = _row(self.consult, self.send, self.flash, self.star)
        self._both = QWidget()
        both = column(self._both, margin=0)
        both.addWidget(self.consulting)
        both.addWidget(_row(self.complete, self.three_way, self.swap, self.cancel))
        lines.addWidget(self._alone)
        lines.addWidget(self._both)
        lines.addWidget(self.notice)


def _row(*buttons: QPushButton) -> QWidget:
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GRID)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return widget
