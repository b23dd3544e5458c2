"""Queues, hours, offices and their like: a list at the left, one of them in a form beside it."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from callserver.desktop.presenters.things import Things, ThingsData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.form import Form
from callserver.desktop.views.question import QuestionView
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.table import Table
from callserver.desktop.views.theme import GRID, LARGE_PX, sized
from callserver.desktop.views.widgets import ElidedLabel, Notice, enable, name, show_text

LIST_PX, NAME_MAX = 20 * GRID, 32


class ThingsView(Screen):
    """A part of the settings; Ctrl+S saves what was typed."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        self._work = work
        words = work.words
        self.heading, self.notice, self.question = ElidedLabel(), Notice(), QuestionView()
        self.items = Table(words("All of them"), (words("Known as"), words("State")), wide=0)
        self.name = name(QLineEdit(maxLength=NAME_MAX), words("Known as"))
        self.form = Form(words("Settings"))
        self.new, self.delete = QPushButton(words("New")), QPushButton(words("Delete…"))
        self.save_button, self.undo = QPushButton(words("Save")), QPushButton(words("Undo"))
        self._lay_out()
        self.presenter: Things = Things(work, self.show_data)
        presenter = self.presenter
        self.items.selectionModel().selectionChanged.connect(self._selected)
        self.items.chosen.connect(self._chosen)
        self.name.textEdited.connect(presenter.name)
        self.form.typed.connect(presenter.type)
        self.new.clicked.connect(self._new)
        self.delete.clicked.connect(presenter.ask_delete)
        self.save_button.clicked.connect(presenter.save)
        self.undo.clicked.connect(presenter.undo)
        self.question.answered.connect(presenter.answer)

    def show_data(self, data: ThingsData) -> None:
        """Paint it."""
        self.heading.setText(data.heading)
        self._show_items(data)
        self.name.setReadOnly(not data.is_new)
        show_text(self.name, data.name)
        self.form.show_fields(data.fields)
        enable(self.save_button, data.may_save, self.items)
        enable(self.undo, data.may_undo, self.items)
        self.delete.setEnabled(data.may_delete)
        self.question.show_question(data.question)
        self.notice.show_either(data.problem, data.note)

    def save(self) -> None:
        self.presenter.save()

    def take_focus(self) -> None:
        self.items.setFocus()

    def may_close(self) -> bool:
        return not self.presenter.has_drafts

    def _show_items(self, data: ThingsData) -> None:
        selection = self.items.selectionModel()
        selection.blockSignals(True)  # what is painted is not what a person chooses
        self.items.show_rows(data.items)
        self.items.setColumnHidden(1, not any(mark for _, mark in data.items))
        if data.chosen >= 0 and data.items:
            self.items.selectRow(data.chosen)
        else:
            self.items.clearSelection()
        selection.blockSignals(False)
        self.items.viewport().update()

    def _selected(self, selected: QItemSelection, before: QItemSelection) -> None:
        row, names = self.items.currentIndex().row(), list(self.presenter.rows)
        if selected.indexes() and 0 <= row < len(names):
            self.presenter.choose(names[row])

    def _chosen(self, row: int) -> None:
        """Enter in the list goes to the first field."""
        self.form.take_focus()

    def _new(self) -> None:
        self.presenter.new()
        self.name.setFocus()

    def _lay_out(self) -> None:
        words = self._work.words
        self.heading.setFont(sized(LARGE_PX, bold=True))
        self.items.setFixedWidth(LIST_PX)
        self.items.setColumnWidth(1, 9 * GRID)
        lines, top, row, right = column(self, margin=GRID // 2), QHBoxLayout(), QHBoxLayout(), QVBoxLayout()
        top.addWidget(self.heading)
        top.addWidget(self.notice, 1)
        named, buttons = QHBoxLayout(), QHBoxLayout()
        named.addWidget(QLabel(words("Known as")))
        named.addWidget(self.name, 1)
        right.addLayout(named)
        right.addWidget(self.form, 1)
        row.setSpacing(2 * GRID)
        row.addWidget(self.items)
        row.addLayout(right, 1)
        buttons.setSpacing(GRID)
        for button in (self.save_button, self.undo):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in (self.new, self.delete):  # after what was typed is saved, for who goes on by Tab
            buttons.addWidget(button)
        lines.addWidget(self.question)
        lines.addLayout(top)
        lines.addLayout(row, 1)
        lines.addLayout(buttons)
