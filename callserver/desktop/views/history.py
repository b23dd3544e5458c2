"""The tabs of notes and of history."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton

from callserver.desktop.presenters.history import NOTE_MAX, History, HistoryData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.table import Table
from callserver.desktop.views.widgets import Notice, name
from callserver.wire.catalogue import N_

TITLES = (
    *(N_("Time"), N_("Direction"), N_("Number"), N_("Length")),
    *(N_("Agents"), N_("Queue"), N_("End"), N_("Outcome")),
)


class ContactsView(Screen):
    """What both tabs have in common: they ask while they are seen."""

    presenter: History

    def showEvent(self, event: QShowEvent) -> None:
        """Up to date, from now on."""
        super().showEvent(event)
        self.presenter.open()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another tab is seen."""
        super().hideEvent(event)
        self.presenter.close()


class NotesView(ContactsView):
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
        self.presenter = History(work, self.show_data)
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
        show_note(self.notice, data, bool(data.notes))

    def save(self) -> None:
        self.presenter.keep()

    def carry_out(self) -> None:
        self.presenter.keep()

    def take_focus(self) -> None:
        self.text.setFocus()

    def may_close(self) -> bool:
        return not self.presenter.has_drafts


class HistoryView(ContactsView):
    """The calls from and to this customer, the newest first."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words = work.words
        self.notice = Notice()
        self.table = Table(words("History"), tuple(map(words, TITLES)), right=(3,))
        lines = column(self)
        lines.addWidget(self.notice)
        lines.addWidget(self.table, 1)
        self.presenter = History(work, self.show_data)
        self.table.end_seen.connect(self.presenter.more)

    def show_data(self, data: HistoryData) -> None:
        """Paint it."""
        self.table.show_rows(data.calls)
        show_note(self.notice, data, bool(data.calls))

    def take_focus(self) -> None:
        self.table.setFocus()


def show_note(notice: Notice, data: HistoryData, is_filled: bool) -> None:
    """What is wrong, or why there is nothing to see."""
    if data.problem:
        notice.show_problem(data.problem)
    else:
        notice.show_info("" if is_filled else data.note)
