"""The staff editor: everybody at the left, then what the document's editor has, and at the right what we add."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from callserver.desktop.foreign import one_line
from callserver.desktop.presenters.staff import RIGHT_LABELS, StaffData, StaffEditor
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.form import Form
from callserver.desktop.views.pane import Pane
from callserver.desktop.views.question import QuestionView
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.table import Table
from callserver.desktop.views.theme import GRID, LARGE_PX, sized
from callserver.desktop.views.widgets import ElidedLabel, Notice, enable, name, show_text, tooltip
from callserver.wire.rights import Right

WIDE_PX, LIST_PX, NARROW_LIST_PX = 110 * GRID, 28 * GRID, 18 * GRID
NUMBER_PX, GROUPS_PX, RIGHTS_IN_COLUMN = 6 * GRID, 8 * GRID, 9
NUMBER_MAX, NAME_MAX, PHONE_MAX = 8, 64, 40


class StaffView(Screen):
    """Up and down in the list show another person; Ctrl+S or OK saves what was typed, Cancel forgets it."""

    is_wide = True

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        self._work = work
        words = work.words
        self.lacks, self.question, self.notice = QLabel(), QuestionView(), Notice()
        self.people = Table(words("All agents"), (words("No."), words("Name"), words("State")), wide=1)
        self.heading = ElidedLabel(foreign=True)
        self.number = name(QLineEdit(maxLength=NUMBER_MAX), words("Staff number"))
        self.person = name(QLineEdit(maxLength=NAME_MAX), words("Name"))
        self.phone = name(QLineEdit(maxLength=PHONE_MAX), words("Telephone number"))
        self.disabled = QCheckBox(words("Disabled"))
        tooltip(self.disabled, words("He may not log in; who is logged in is logged out"))
        self.password = name(QLineEdit(readOnly=True), words("Password"))
        self.secret = name(QLineEdit(readOnly=True), words("Shown this once"))
        self.rights = {right: QCheckBox(words(label)) for right, label in RIGHT_LABELS.items()}
        self.more = Form(words("More settings"), label_share=0.35)
        self.groups = name(QListWidget(), words("Groups"))
        self.groups_title = QLabel(words("Groups"))
        self.new, self.delete = QPushButton(words("New agent")), QPushButton(words("Delete…"))
        self.reset, self.pin = QPushButton(words("New password")), QPushButton(words("New telephone PIN"))
        self.ok, self.cancel = QPushButton(words("OK")), QPushButton(words("Cancel"))
        self._document_area = Pane()
        self._groups_shown: tuple[str, ...] = ()
        self._lay_out()
        self.presenter: StaffEditor = StaffEditor(work, self.show_data)
        self._connect()

    def show_data(self, data: StaffData) -> None:
        """Paint it."""
        self._pages.setCurrentIndex(1 if data.lacks else 0)
        self.lacks.setText(data.lacks)
        self._show_people(data)
        self.heading.setText(data.heading)
        self._show_basics(data)
        for right, box in self.rights.items():
            box.setChecked(data.rights[right])
        self.more.show_fields(data.more)
        self._show_groups(data)
        enable(self.ok, data.may_save, self.people)
        enable(self.cancel, data.may_save or data.is_new, self.people)
        for button in (self.reset, self.pin, self.delete):
            button.setEnabled(data.may_reset)
        self.question.show_question(data.question)
        self.notice.show_either(data.problem, data.note)

    def take_focus(self) -> None:
        self.people.setFocus()
        self.presenter.open()

    def save(self) -> None:
        self.presenter.save()

    def carry_out(self) -> None:
        self.presenter.save()

    def may_close(self) -> bool:
        return not self.presenter.has_drafts

    def _show_people(self, data: StaffData) -> None:
        selection = self.people.selectionModel()
        selection.blockSignals(True)  # what is painted is not what a person chooses
        self.people.show_rows(data.people)
        self.people.grey(data.out)
        self.people.setColumnHidden(2, not any(flags for _, _, flags in data.people))
        if data.chosen >= 0 and data.people:
            self.people.selectRow(data.chosen)
        else:
            self.people.clearSelection()
        selection.blockSignals(False)
        self.people.viewport().update()

    def _show_basics(self, data: StaffData) -> None:
        self.number.setReadOnly(not data.is_new)
        self.disabled.setChecked(data.is_disabled)
        texts = (
            (self.number, data.number),
            (self.person, data.name),
            (self.phone, data.phone),
            (self.password, data.password),
            (self.secret, data.secret),
        )
        for field, text in texts:
            show_text(field, text)
        self.secret.setVisible(bool(data.secret))

    def _show_groups(self, data: StaffData) -> None:
        self.groups.blockSignals(True)
        for widget in (self.groups, self.groups_title):
            widget.setVisible(bool(data.groups))
        names = tuple(group for group, _ in data.groups)
        if names != self._groups_shown:
            self._groups_shown = names
            self.groups.clear()
            for group in names:
                item = QListWidgetItem(one_line(group))
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                self.groups.addItem(item)
        for place, (_, is_in) in enumerate(data.groups):
            self.groups.item(place).setCheckState(Qt.CheckState.Checked if is_in else Qt.CheckState.Unchecked)
        self.groups.blockSignals(False)

    # What the person does

    def _selected(self, selected: QItemSelection, before: QItemSelection) -> None:
        row = self.people.currentIndex().row()
        numbers = list(self.presenter.rows)
        if selected.indexes() and 0 <= row < len(numbers):
            self.presenter.choose(numbers[row])

    def _chosen(self, row: int) -> None:
        """Enter in the list goes to the person."""
        self.person.setFocus()

    def _new(self) -> None:
        self.presenter.new()
        self.number.setFocus()

    def _typed(self, text: str) -> None:
        self.presenter.type(self.sender().objectName(), text)

    def _granted(self, held: bool) -> None:
        self.presenter.grant(Right[self.sender().objectName()], held)

    def _put_in(self, item: QListWidgetItem) -> None:
        group = self._groups_shown[self.groups.row(item)]
        self.presenter.put_in(group, item.checkState() is Qt.CheckState.Checked)

    def _connect(self) -> None:
        for key, field in (("name", self.person), ("phone", self.phone)):
            field.setObjectName(key)
            field.textEdited.connect(self._typed)
        for right, box in self.rights.items():
            box.setObjectName(right.name)
            box.clicked.connect(self._granted)
        presenter = self.presenter
        self.number.textEdited.connect(presenter.name)
        self.disabled.clicked.connect(presenter.disable)
        self.more.typed.connect(presenter.type)
        self.groups.itemChanged.connect(self._put_in)
        self.people.selectionModel().selectionChanged.connect(self._selected)
        self.people.chosen.connect(self._chosen)
        self.new.clicked.connect(self._new)
        self.delete.clicked.connect(presenter.ask_delete)
        self.reset.clicked.connect(presenter.new_password)
        self.pin.clicked.connect(presenter.new_pin)
        self.ok.clicked.connect(presenter.save)
        self.cancel.clicked.connect(presenter.undo)
        self.question.answered.connect(presenter.answer)

    # How it lies

    def _lay_out(self) -> None:
        self.heading.setFont(sized(LARGE_PX, bold=True))
        self.lacks.setTextFormat(Qt.TextFormat.PlainText)
        self.lacks.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.people.setFixedWidth(LIST_PX)
        self.people.setColumnWidth(0, NUMBER_PX)
        self.people.setColumnWidth(2, 9 * GRID)
        editor, self._pages = QWidget(), QStackedWidget()
        self._pages.addWidget(editor)
        self._pages.addWidget(self.lacks)
        whole = column(self, margin=0)
        whole.addWidget(self._pages)
        lines, row = column(editor), QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(self.people)
        right, beneath = QVBoxLayout(), QHBoxLayout()
        beneath.setSpacing(2 * GRID)
        beneath.addWidget(self._document())
        beneath.addLayout(self._ours(), 1)
        right.addWidget(self._basics())
        right.addLayout(beneath, 1)
        row.addLayout(right, 1)
        top = QHBoxLayout()
        top.addWidget(self.heading)
        top.addWidget(self.notice, 1)
        lines.addWidget(self.question)
        lines.addLayout(top)
        lines.addLayout(row, 1)
        lines.addWidget(self.secret)
        lines.addLayout(self._buttons())

    def _document(self) -> QWidget:
        """What the solution document's editor has, with its words."""
        rights = QGroupBox(self._work.words("Rights"))
        self._columns, boxes = QBoxLayout(QBoxLayout.Direction.LeftToRight, rights), list(self.rights.values())
        self._columns.setSpacing(GRID)
        self._columns.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        for first in range(0, len(boxes), RIGHTS_IN_COLUMN):
            part = QWidget()
            lines = column(part, margin=0, spacing=0)
            for box in boxes[first : first + RIGHTS_IN_COLUMN]:
                lines.addWidget(box)
            self._columns.addWidget(part)
        self._document_area.setWidget(rights)
        return self._document_area

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside the card of a call there is room for one column of rights only."""
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE_PX
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(direction)
        self.people.setFixedWidth(LIST_PX if is_wide else NARROW_LIST_PX)
        self._document_area.updateGeometry()

    def _basics(self) -> QGroupBox:
        words = self._work.words
        basics = QGroupBox(words("Basic data"))
        grid = QGridLayout(basics)
        grid.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID // 2)
        pairs = (
            ("Staff number", self.number, "Password", self.password),
            ("Telephone number", self.phone, "Name", self.person),
        )
        for line, (first, field, second, other) in enumerate(pairs):
            for place, widget in enumerate((QLabel(words(first)), field, QLabel(words(second)), other)):
                grid.addWidget(widget, line, place)
        grid.addWidget(self.disabled, len(pairs), 1, Qt.AlignmentFlag.AlignLeft)
        return basics

    def _ours(self) -> QVBoxLayout:
        lines = QVBoxLayout()
        self.groups.setFixedHeight(GROUPS_PX)
        self.groups.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        lines.setSpacing(GRID // 2)
        lines.addWidget(self.more, 1)
        lines.addWidget(self.groups_title)
        lines.addWidget(self.groups)
        return lines

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for button in (self.ok, self.cancel):  # Tab comes to them before anything else is begun
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.reset)
        row.addWidget(self.pin)
        row.addStretch(1)
        row.addWidget(self.new)
        row.addWidget(self.delete)
        return row
