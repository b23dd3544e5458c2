"""The tabs of notes and of history."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton

from callserver.desktop.presenters.history import NOTE_MAX, History, HistoryData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.screen import column
from callserver.desktop.views.seen_screen import SeenScreen
from callserver.desktop.views.table import Table
from callserver.desktop.views.widgets import Notice, name
from callserver.wire.catalogue import N_

TITLES = (
    *(N_("Time"), N_("Direction"), N_("Number"), N_("Length")),
    *(N_("Agents"), N_("Queue"), N_("End"), N_("Outcome")),
)


class NotesView(SeenScreen):
    """A field for a new note, and those that there are."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words = work.words
        self.text = name(QLineEdit(maxLength=NOTE_MAX), words("New note"))
        self.text.setPlaceholderText(words("What others should know of this customer"))
        self.keep, self.notice = QPushButton(words("Save")), Notice()
        self.table = Table(words("Notes"), (words("Time"), words("By"), words("Note")))
        row, lines = QHBoxLayout(), column(self)
        row.addWidget(self.text, 1)
        row.addWidget(self.keep)
        lines.addLayout(row)
        lines.addWidget(self.notice)
        lines.addWidget(self.table, 1)
        self.presenter: History = History(work, self.show_data)
        self.text.textEdited.connect(self.presenter.type)
        self.text.returnPressed.connect(self.presenter.keep)
        self.keep.clicked.connect(self.presenter.keep)

    def show_data(self, data: HistoryData) -> None:
        """Paint it."""
        self.text.setEnabled(data.has_contact)
        self.keep.setEnabled(data.has_contact)
        if self.text.text() != data.draft:
            self.text.setText(data.draft)
        self.table.show_rows(data.notes)
        self.notice.show_either(data.problem, "" if data.notes else data.note)

    def save(self) -> None:
        self.presenter.keep()

    def carry_out(self) -> None:
        self.presenter.keep()

    def take_focus(self) -> None:
        self.text.setFocus()

    def may_close(self) -> bool:
        return not self.presenter.has_drafts


class HistoryView(SeenScreen):
    """The calls from and to this customer, the newest first."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words = work.words
        self.notice = Notice()
        self.table = Table(words("History"), tuple(map(words, TITLES)), right=(3,))
        lines = column(self)
        lines.addWidget(self.notice)
        lines.addWidget(self.table, 1)
        self.presenter: History = History(work, self.show_data)
        self.table.end_seen.connect(self.presenter.more)

    def show_data(self, data: HistoryData) -> None:
        """Paint it."""
        self.table.show_rows(data.calls)
        self.notice.show_either(data.problem, "" if data.calls else data.note)

    def take_focus(self) -> None:
        self.table.setFocus()
