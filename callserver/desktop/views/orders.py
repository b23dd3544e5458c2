"""The tab of orders."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from callserver.desktop.keys import Act, keys, shown
from callserver.desktop.presenters.order_list import OrderList
from callserver.desktop.presenters.orders import Orders, OrdersData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.question import QuestionView
from callserver.desktop.views.screen import column
from callserver.desktop.views.seen_screen import SeenScreen
from callserver.desktop.views.table import ROW_PX, Table
from callserver.desktop.views.theme import GRID
from callserver.desktop.views.widgets import ElidedLabel, Notice, name
from callserver.wire.catalogue import N_

TITLES = (N_("Order"), N_("Date"), N_("State"), N_("Sum"), N_("Parcel"))
GOODS_TITLES = (N_("Item"), N_("Goods"), N_("Price"), N_("Quantity"), N_("Sum"))
WIDTHS_PX = (96, 104, 80, 88)
GOODS_WIDTHS_PX = (64, 0, 80, 80, 88)


class OrderListView(SeenScreen):
    """What the tabs of orders and of deliveries have in common: a list, of which one is looked at."""

    presenter: OrderList  # type: ignore[type-arg]
    table: Table
    _paints = False

    def take_focus(self) -> None:
        self.table.setFocus()

    def watch_table(self) -> None:
        """Once both are there."""
        self.table.end_seen.connect(self.presenter.more)
        self.table.selectionModel().currentRowChanged.connect(self._moved)

    def show_list(self, orders: tuple[tuple[str, ...], ...], row: int) -> None:
        """The rows, and which of them is looked at."""
        self._paints = True  # what the person moves to counts, and not what is painted
        self.table.show_rows(orders)
        if row >= 0 and self.table.currentIndex().row() != row:
            self.table.selectRow(row)
        self._paints = False

    def _moved(self, current: QModelIndex, before: QModelIndex) -> None:
        if not self._paints:
            self.presenter.choose(current.row())


class OrdersView(OrderListView):
    """The list above, what is in the chosen one below."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words, table = work.words, keys(work.settings.now.keys)
        self.notice, self.question = Notice(), QuestionView()
        self.table = Table(words("Orders"), tuple(map(words, TITLES)), right=(3,))
        self.goods = Table(words("Goods of the order"), tuple(map(words, GOODS_TITLES)), right=(2, 3, 4), wide=1)
        self.goods.setFixedHeight(3 * ROW_PX + GRID)
        self.goods.only_shows()
        self.table.set_widths(*WIDTHS_PX)
        self.goods.set_widths(*GOODS_WIDTHS_PX)
        self.facts, self.address = ElidedLabel(), name(ElidedLabel(foreign=True), words("Address"))
        self.new = QPushButton(f"{words('New order')} {shown(table[Act.NEW_ORDER])}")
        self.cancel = QPushButton(words("Cancel order…"))
        self.cancel.setProperty("destroys", "asks")
        self.buttons = QWidget()
        self._lay_out()
        self.presenter: Orders = Orders(work, self.show_data)
        self.watch_table()
        self.cancel.clicked.connect(self.presenter.ask_to_cancel)
        self.new.clicked.connect(self._new)
        self.question.answered.connect(self._answered)

    def show_data(self, data: OrdersData) -> None:
        """Paint it."""
        self.show_list(data.orders, data.row)
        self.goods.show_rows(data.lines)
        self.facts.setText(data.facts)
        self.address.setText(data.address)
        self.cancel.setEnabled(data.may_cancel)
        self.buttons.setVisible(data.question is None)  # the question has their place
        self.question.show_question(data.question)
        self.notice.show_either(data.problem, data.told or data.note)

    def _new(self) -> None:
        self.opens.emit(Act.NEW_ORDER)

    def _answered(self, yes: bool) -> None:
        self.table.setFocus()  # where he was before he was asked
        self.presenter.answer(yes)

    def _lay_out(self) -> None:
        lines, row = column(self, spacing=GRID // 2), QHBoxLayout(self.buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        for button in (self.new, self.cancel):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addWidget(self.notice, 1)
        lines.addWidget(self.table, 1)
        for widget in (self.facts, self.address, self.goods, self.question, self.buttons):
            lines.addWidget(widget)
