"""The tab of the customer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from callserver.desktop.foreign import isolated
from callserver.desktop.presenters.customer import FIELD_WORDS, FIELDS, LANGUAGE_WORDS, Customer, CustomerData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.theme import GRID, LARGE_PX, sized
from callserver.desktop.views.widgets import ComboBox, ElidedLabel, Notice, name, show_text

TEXT_MAX = 300


class CustomerView(Screen):
    """Fields that can be typed in, or the list of those who may be the caller."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        self._work = work
        self.heading, self.facts, self.notice = ElidedLabel(foreign=True), ElidedLabel(), Notice()
        self.heading.setFont(sized(LARGE_PX, bold=True))
        self.fields = {field: QLineEdit(maxLength=TEXT_MAX) for field in FIELDS if field != "language"}
        self.language = name(ComboBox(), work.words(FIELD_WORDS["language"]))
        self.hits = name(QListWidget(), work.words("Customers who match"))
        self.save_button, self.discard = QPushButton(work.words("Save")), QPushButton(work.words("Discard"))
        self.claim, self.new = QPushButton(work.words("This is the caller")), QPushButton(work.words("New customer"))
        self._lay_out()
        self.presenter: Customer = Customer(work, self.show_data)
        self._connect()

    def show_data(self, data: CustomerData) -> None:
        """Paint it."""
        self.heading.setText(data.heading)
        self.facts.setText(data.facts)
        self.facts.setVisible(bool(data.facts))
        self._show_fields(data)
        self._show_hits(data)
        self._pages.setCurrentIndex(1 if data.hits else 0)
        if not data.has_draft and (self.save_button.hasFocus() or self.discard.hasFocus()):
            self.take_focus()  # else Qt would give it to some other screen's field when they are disabled
        self.save_button.setEnabled(data.has_draft)
        self.discard.setEnabled(data.has_draft)
        self.claim.setEnabled(data.may_claim)
        self.new.setEnabled(not data.is_new)
        self.notice.show_problem(data.problem)
        if data.problem_field in self.fields:
            self.fields[data.problem_field].setFocus()

    def save(self) -> None:
        self.presenter.save()

    def take_focus(self) -> None:
        (self.hits if self._pages.currentIndex() else self.fields["name"]).setFocus()

    def may_close(self) -> bool:
        return not self.presenter.has_drafts

    def _show_fields(self, data: CustomerData) -> None:
        for field, widget in self.fields.items():
            show_text(widget, data.values[field])
        self.language.blockSignals(True)
        self.language.setCurrentIndex(max(0, self.language.findData(data.values["language"])))
        self.language.blockSignals(False)

    def _show_hits(self, data: CustomerData) -> None:
        self.hits.clear()
        for member, line in data.hits:
            item = QListWidgetItem(isolated(line))
            item.setData(Qt.ItemDataRole.UserRole, member)
            self.hits.addItem(item)
        if data.hits:
            self.hits.setCurrentRow(0)

    def _chosen(self, item: QListWidgetItem) -> None:
        self.presenter.choose(item.data(Qt.ItemDataRole.UserRole))

    def _typed(self, text: str) -> None:
        field = self.sender().objectName()
        self.presenter.type(field, text)

    def _language_chosen(self, index: int) -> None:
        self.presenter.type("language", self.language.itemData(index))

    def _connect(self) -> None:
        for field, widget in self.fields.items():
            widget.setObjectName(field)
            widget.textEdited.connect(self._typed)
        self.language.activated.connect(self._language_chosen)
        self.hits.itemActivated.connect(self._chosen)
        self.save_button.clicked.connect(self.presenter.save)
        self.discard.clicked.connect(self.presenter.discard)
        self.claim.clicked.connect(self.presenter.claim)
        self.new.clicked.connect(self.presenter.new)

    def _lay_out(self) -> None:
        words = self._work.words
        form, fields = QWidget(), QFormLayout()
        form.setLayout(fields)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setVerticalSpacing(GRID)
        for field, widget in self.fields.items():
            fields.addRow(QLabel(words(FIELD_WORDS[field])), name(widget, words(FIELD_WORDS[field])))
        self.language.addItem("", "")
        self.language.setItemData(0, words("not known"), Qt.ItemDataRole.AccessibleTextRole)
        for code, word in LANGUAGE_WORDS.items():
            self.language.addItem(words(word), code)
        fields.addRow(QLabel(words(FIELD_WORDS["language"])), self.language)
        self._pages = QStackedWidget()
        self._pages.addWidget(form)
        self._pages.addWidget(self.hits)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in (self.save_button, self.discard, self.claim, self.new):
            buttons.addWidget(button)
        buttons.addStretch(1)
        lines = column(self)
        for one in (self.heading, self.facts, self._pages):
            lines.addWidget(one)
        lines.addLayout(buttons)
        lines.addWidget(self.notice)
        lines.addStretch(1)
