"""The order form: item, Enter, quantity, Enter, Ctrl+Enter."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QStackedWidget,
    QWidget,
)

from callserver.desktop.keys import Act, keys, shown
from callserver.desktop.presenters.order_draft import ADDRESS, HITS, ITEM, PIECES
from callserver.desktop.presenters.order_form import OrderForm
from callserver.desktop.presenters.order_form_data import OrderFormData
from callserver.desktop.presenters.order_rows import BALANCE, ON_DELIVERY
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.question import QuestionView
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.table import Table
from callserver.desktop.views.theme import GRID, LARGE_PX, sized
from callserver.desktop.views.widgets import ComboBox, ElidedLabel, Notice, name, narrow
from callserver.wire.catalogue import N_

WORDS_MAX, ADDRESS_MAX, PIECES_DIGITS = 300, 200, 3
LINES = (N_("Item"), N_("Goods"), N_("Price"), N_("Stock"), N_("Quantity"), N_("Sum"))
WIDTHS_PX = (64, 0, 80, 96, 72, 88)
MATCHES = (N_("Item"), N_("Goods"), N_("Price"), N_("Stock"))
KEEPS = Qt.FocusPolicy.TabFocus  # a click on a button leaves the cursor where it was


class OrderFormView(Screen):
    """What is wrong stands beneath the field that it is about; the rest beside the button that confirms."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words, table = work.words, keys(work.settings.now.keys)
        self.heading, self.saved = ElidedLabel(foreign=True), QLabel()
        self.heading.setFont(sized(LARGE_PX, bold=True))
        self.drafts = name(narrow(ComboBox(), 12), words("Orders that are not finished"))
        self.item = name(QLineEdit(maxLength=WORDS_MAX), words("Item"))
        self.item.setPlaceholderText(words("Number or name"))
        self.pieces = name(QLineEdit(maxLength=PIECES_DIGITS), words("Quantity"))
        self.pieces.setFixedWidth(7 * GRID)
        self.add, self.reserve = QPushButton(f"{words('Add')} Enter"), QPushButton(words("Reserve"))
        self.remove = QPushButton(words("Remove"))
        self.about_item, self.notice, self.question = Notice(), Notice(), QuestionView()
        self.lines = Table(words("Goods of the order"), tuple(map(words, LINES)), right=(2, 3, 4, 5), wide=1)
        self.lines.set_widths(*WIDTHS_PX)
        self.hits = Table(words("Items that match"), tuple(map(words, MATCHES)), right=(2, 3), wide=1)
        self.hits.set_widths(*WIDTHS_PX[:4])
        self.pages = QStackedWidget()
        self.stored, self.elsewhere = QRadioButton(words("Stored address")), QRadioButton(words("Other address"))
        self.stored_address = ElidedLabel(foreign=True)
        self.address = name(QLineEdit(maxLength=ADDRESS_MAX), words("Other address"))
        self.on_delivery, self.balance = QRadioButton(words("Cash on delivery")), QRadioButton()
        self.total = QLabel()
        self.total.setFont(sized(LARGE_PX, bold=True))
        self.confirm = QPushButton(f"{words('Confirm order')} {shown(table[Act.CARRY_OUT])}")
        self.discard = QPushButton(words("Discard…"))
        self.discard.setProperty("destroys", "asks")
        self._work, self._turn, self._place = work, -1, ITEM
        self._groups = QButtonGroup(self), QButtonGroup(self)
        self._lay_out()
        self.presenter: OrderForm = OrderForm(work, self.show_data, self.close_panel)
        self._connect()

    def show_data(self, data: OrderFormData) -> None:
        """Paint it."""
        self.heading.setText(data.heading)
        self.saved.setText(data.saved)
        self._show_drafts(data)
        for field, text in ((self.item, data.item), (self.pieces, data.pieces), (self.address, data.address)):
            field.setEnabled(bool(data.call_id))
            if field.text() != text:  # else the cursor would jump to the end
                field.setText(text)
        self.lines.show_rows(data.lines)
        self.hits.show_rows(data.hits)
        self.pages.setCurrentWidget(self.hits if data.hits else self.lines)
        self._show_choices(data)
        self._show_words(data)
        for button in (self.add, self.reserve):
            button.setEnabled(data.may_add)
        self.remove.setEnabled(bool(data.lines) and not data.hits)
        self.confirm.setEnabled(data.may_confirm)
        self.discard.setEnabled(data.may_discard)
        self.question.show_question(data.question)
        is_moved, self._turn, self._place = data.turn != self._turn, data.turn, data.place
        if is_moved:
            self._go_to(data.place)

    def carry_out(self) -> None:
        """Ctrl+Enter."""
        self.presenter.confirm()

    def take_focus(self) -> None:
        self.presenter.open()
        self._focus(self._place)

    def may_close(self) -> bool:
        return not self.presenter.has_drafts

    def hideEvent(self, event: QHideEvent) -> None:
        """The tabs are seen again."""
        super().hideEvent(event)
        self.presenter.close()

    def _show_drafts(self, data: OrderFormData) -> None:
        self.drafts.blockSignals(True)
        self.drafts.clear()
        for call_id, caller in data.drafts:
            self.drafts.addItem(caller, call_id)
        self.drafts.setCurrentIndex(self.drafts.findData(data.call_id))
        self.drafts.blockSignals(False)
        self.drafts.setVisible(len(data.drafts) > 1)

    def _show_choices(self, data: OrderFormData) -> None:
        (self.elsewhere if data.is_elsewhere else self.stored).setChecked(True)
        self.stored.setEnabled(bool(data.stored))
        self.elsewhere.setEnabled(bool(data.call_id))
        self.stored_address.setText(data.stored)
        (self.balance if data.payment == BALANCE else self.on_delivery).setChecked(True)
        self.on_delivery.setEnabled(bool(data.call_id))
        self.balance.setText(f"{self._work.words('Balance')} {data.balance}".rstrip())
        self.balance.setEnabled(data.may_use_balance)
        self.total.setText(f"{self._work.words('Total')} {data.total}")

    def _show_words(self, data: OrderFormData) -> None:
        is_of_item = data.problem_at in (ITEM, HITS, PIECES)
        if data.problem and is_of_item:
            self.about_item.show_problem(data.problem)
        else:
            self.about_item.show_info(data.about_item)
        if data.problem and not is_of_item:
            self.notice.show_problem(data.problem)
        else:
            self.notice.show_info(data.told or data.hint)

    def _go_to(self, place: str) -> None:
        """Where the next key belongs; but only if the keys come here at all."""
        focused = self.window().focusWidget()
        if focused is not None and self.isVisible() and not self.isAncestorOf(focused):
            return
        self._focus(place)

    def _focus(self, place: str) -> None:
        widgets: dict[str, QWidget] = {ITEM: self.item, HITS: self.hits, PIECES: self.pieces, ADDRESS: self.address}
        widgets.get(place, self.item).setFocus()
        if place in (ITEM, PIECES):
            (self.item if place == ITEM else self.pieces).selectAll()

    def _typed(self, text: str) -> None:
        self.presenter.type(self.sender().objectName(), text)

    def _address_chosen(self, button: QRadioButton) -> None:
        self.presenter.send_elsewhere(button is self.elsewhere)
        if button is self.elsewhere:
            self.address.setFocus()

    def _payment_chosen(self, button: QRadioButton) -> None:
        self.presenter.pay(BALANCE if button is self.balance else ON_DELIVERY)

    def _draft_chosen(self, index: int) -> None:
        self.presenter.turn_to(self.drafts.itemData(index))

    def _removed(self) -> None:
        self.presenter.remove(self.lines.currentIndex().row())

    def _answered(self, yes: bool) -> None:
        self.item.setFocus()
        self.presenter.answer(yes)

    def _connect(self) -> None:
        show = self.presenter
        for field, known_as in ((self.item, ITEM), (self.pieces, PIECES), (self.address, ADDRESS)):
            field.setObjectName(known_as)
            field.textEdited.connect(self._typed)
        self.item.returnPressed.connect(show.find)
        self.pieces.returnPressed.connect(show.add)
        self.hits.chosen.connect(show.choose)
        self.drafts.activated.connect(self._draft_chosen)
        self._groups[0].buttonClicked.connect(self._address_chosen)
        self._groups[1].buttonClicked.connect(self._payment_chosen)
        self.question.answered.connect(self._answered)
        for button, act in (
            (self.add, show.add),
            (self.reserve, show.reserve),
            (self.remove, self._removed),
            (self.confirm, show.confirm),
            (self.discard, show.ask_to_discard),
        ):
            button.setAutoDefault(False)
            button.setFocusPolicy(KEEPS)
            button.clicked.connect(act)
        delete = QShortcut(keys(self._work.settings.now.keys)[Act.REMOVE], self.lines)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._removed)

    def _lay_out(self) -> None:
        words, lines = self._work.words, column(self, spacing=GRID // 2)
        _row(lines, self.heading, self.saved, self.drafts, wide=self.heading)
        labels = QLabel(words("Item")), QLabel(words("Quantity"))
        buttons = self.add, self.reserve, self.remove
        _row(lines, labels[0], self.item, labels[1], self.pieces, *buttons, wide=self.item)
        lines.addWidget(self.about_item)
        self.pages.addWidget(self.lines)
        self.pages.addWidget(self.hits)
        lines.addWidget(self.pages, 1)
        address = _row(lines, self.stored, self.stored_address, self.elsewhere, self.address, wide=self.stored_address)
        address.setStretch(3, 1)
        payment = _row(lines, self.on_delivery, self.balance)
        payment.addStretch(1)
        payment.addWidget(self.total)
        for group, pair in zip(
            self._groups, ((self.stored, self.elsewhere), (self.on_delivery, self.balance)), strict=True
        ):
            for radio in pair:
                group.addButton(radio)
        lines.addWidget(self.question)
        lines.addWidget(self.notice)
        _row(lines, self.confirm, self.discard).addStretch(1)


def _row(lines: QBoxLayout, *widgets: QWidget, wide: QWidget | None = None) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GRID)
    for widget in widgets:
        row.addWidget(widget, 1 if widget is wide else 0)
    lines.addLayout(row)
    return row
