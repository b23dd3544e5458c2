"""The panel of faxes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QDateTime, QStandardPaths
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDateTimeEdit,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QWidget,
)

from callserver.desktop.presenters.fax import Fax, FaxData
from callserver.desktop.presenters.fax_lines import FILE
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.fax_page import FaxPage
from callserver.desktop.views.screen import Screen, column, row
from callserver.desktop.views.table import Table
from callserver.desktop.views.theme import GRID, LARGE_PX, sized
from callserver.desktop.views.widgets import ComboBox, ElidedLabel, Notice, enable, name, tooltip
from callserver.wire.catalogue import N_

NUMBER_MAX, PATH_MAX, ADDRESS_MAX = 40, 4000, 315
PERCENT = 100
FAX_HEADS = N_("Time"), N_("Way"), N_("Number"), N_("Pages"), N_("Result"), N_("Seat")
FAX_PX = (17 * GRID, 10 * GRID, 16 * GRID, 7 * GRID, 20 * GRID, 8 * GRID)
JOB_HEADS = N_("Time"), N_("Number"), N_("Document"), N_("Pages"), N_("State")
JOB_PX = (17 * GRID, 16 * GRID, 18 * GRID, 7 * GRID, 20 * GRID)


class FaxView(Screen):
    """Above, what can be sent, and where to; below, what came and what waits to be sent."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        self.work = work
        self._data: FaxData | None = None
        self._was_chosen = False  # by a person: until then it is the first there is
        self._make_sending()
        self._make_lists()
        self._lay_out()
        self.presenter: Fax = Fax(work, self.show_data)
        self._connect()

    def show_data(self, data: FaxData) -> None:
        """Paint it."""
        before, self._data = self._data, data
        if before is None or before.sources != data.sources:
            self._show_sources(data)
        self._show_lists(data, before)
        self.in_talk.setText(data.in_talk)
        for button, may, why_not in (
            (self.receive, data.may_receive, data.why_not_receive),
            (self.send, data.may_send, data.why_not_send),
            (self.later, data.may_queue and self._has_number(), data.why_not_send),
            (self.stop_button, data.may_stop, ""),
        ):
            button.setEnabled(may)
            tooltip(button, why_not)
        self.progress.setVisible(data.busy is not None)
        self.progress.setValue(round(PERCENT * (data.busy or 0.0)))
        self.notice.show_either(data.problem, data.says)

    def take_focus(self) -> None:
        self.presenter.opened()
        self.source.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another screen lies over it, or it was closed."""
        super().hideEvent(event)
        self.presenter.left()

    def carry_out(self) -> None:
        """In a talk to whom he talks with, else to the number."""
        self._send() if self.send.isEnabled() else self._send_later()

    def _show_sources(self, data: FaxData) -> None:
        chosen = self.source.currentData() if self._was_chosen else None
        self.source.clear()
        for source, words in data.sources:
            self.source.addItem(words, source)
        self.source.setCurrentIndex(max(0, self.source.findData(chosen)))
        self._show_path()

    def _show_lists(self, data: FaxData, before: FaxData | None) -> None:
        self.faxes.show_rows([line.cells for line in data.faxes])
        self.jobs.show_rows([line.cells for line in data.jobs])
        words = self.work.words
        came = words("Received and sent ({n} new)", n=data.n_new) if data.n_new else words("Received and sent")
        self.lists.setTabText(0, came)
        self.lists.setTabText(1, words("To be sent ({n})", n=sum(line.may_cancel for line in data.jobs)))
        self._row_chosen()
        if data.picture and (before is None or before.picture != data.picture):
            self.page.show_picture(data.picture)
        self.page.number.setText(data.page)
        enable(self.page.back, data.may_turn_back)
        enable(self.page.forward, data.may_turn)
        self.page.trace.clear()
        self.page.trace.addItems(data.trace)
        self.page.show_trace(bool(data.trace))
        self.below.setCurrentWidget(self.page if data.page or data.trace else self.lists)

    # What a person does

    def _source_chosen(self) -> None:
        self._was_chosen = True
        self._show_path()

    def _show_path(self) -> None:
        self.path.setVisible(self.source.currentData() == FILE)

    def _later_chosen(self, on: bool) -> None:
        self.at.setVisible(on)

    def _send(self) -> None:
        self.presenter.send(self.source.currentData() or "", self.path.text())

    def _send_later(self) -> None:
        at = datetime.fromtimestamp(self.at.dateTime().toSecsSinceEpoch()).astimezone()
        self.presenter.send_later(
            self.number.text(),
            self.source.currentData() or "",
            self.path.text(),
            at if self.at_time.isChecked() else None,
        )

    def _fax(self) -> str:
        """The one that is chosen in the list."""
        place = self.faxes.currentIndex().row()
        return self._data.faxes[place].fax if self._data is not None and 0 <= place < len(self._data.faxes) else ""

    def _row_chosen(self) -> None:
        data, fax, job = self._data, self.faxes.currentIndex().row(), self.jobs.currentIndex().row()
        if data is None:
            return
        is_one = 0 <= fax < len(data.faxes)
        may_open = is_one and data.may_open and data.faxes[fax].may_open
        for button in (self.look, self.save_pdf, self.send_on):
            button.setEnabled(may_open)
            tooltip(button, data.why_not_open)
        self.delete.setEnabled(is_one and data.may_open)
        tooltip(self.delete, data.why_not_open)
        self.trace.setEnabled(is_one)
        self.cancel.setEnabled(0 <= job < len(data.jobs) and data.jobs[job].may_cancel)

    def _look(self) -> None:
        if self.look.isEnabled():
            self.presenter.open(self._fax())
            self.page.setFocus()

    def _trace(self) -> None:
        self.presenter.show_trace(self._fax())

    def _save_pdf(self) -> None:
        downloads = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        self._ask_where(
            self.presenter.proposed_path(self._fax(), Path(downloads)), self.work.words("File"), is_mail=False
        )

    def _send_on(self) -> None:
        self._ask_where("", self.work.words("Number or mail address"), is_mail=True)

    def _ask_where(self, proposed: str, words: str, is_mail: bool) -> None:
        """One field for both, in the window: no dialog."""
        self._sends_on = is_mail
        self.where.setText(proposed)
        self.where.setPlaceholderText(words)
        name(self.where, words)
        self._show_where(True)
        self.where.setFocus()

    def _where_typed(self) -> None:
        self._show_where(False)
        if self._sends_on:
            self.presenter.send_on(self._fax(), self.where.text())
        else:
            self.presenter.save_pdf(self._fax(), self.where.text())

    def _where_left(self) -> None:
        self._show_where(False)

    def _show_where(self, shown: bool) -> None:
        for widget in (self.where, self.where_ok, self.where_cancel):
            widget.setVisible(shown)
        for widget in (self.look, self.save_pdf, self.send_on, self.trace, self.delete):
            widget.setVisible(not shown)

    def _delete(self) -> None:
        self.presenter.delete(self._fax())

    def _cancel(self) -> None:
        place = self.jobs.currentIndex().row()
        if self._data is not None and place >= 0:
            self.presenter.cancel_job(self._data.jobs[place].job)

    def _has_number(self) -> bool:
        return bool(self.number.text().strip())

    def _number_changed(self) -> None:
        self.later.setEnabled(self._data is not None and self._data.may_queue and self._has_number())

    def _turn_back(self) -> None:
        self.presenter.turn(-1)

    def _turn(self) -> None:
        self.presenter.turn(1)

    # How it is made

    def _make_sending(self) -> None:
        words = self.work.words
        self.heading = QLabel(words("Faxes"))
        self.heading.setFont(sized(LARGE_PX, bold=True))
        self.source = name(ComboBox(), words("What to send"))
        self.path = name(
            QLineEdit(maxLength=PATH_MAX, placeholderText=words("PDF, TIFF, PNG, JPEG or text file")), words("File")
        )
        self.receive, self.send = QPushButton(words("Receive")), QPushButton(words("Send"))
        self.stop_button, self.in_talk = QPushButton(words("Break off the fax")), ElidedLabel()
        self.number = name(QLineEdit(maxLength=NUMBER_MAX, placeholderText=words("Number")), words("Number"))
        self.at_time = QCheckBox(words("Not before"))
        self.at = name(QDateTimeEdit(QDateTime.currentDateTime()), words("Not before"))
        self.at.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.at.hide()
        self.later = QPushButton(words("Send by itself"))
        self.progress = name(QProgressBar(), words("Progress"))
        self.progress.setFixedWidth(12 * GRID)
        self.notice = Notice()

    def _make_lists(self) -> None:
        words = self.work.words
        none, none_waits = words("No faxes yet"), words("No fax waits to be sent")
        heads, job_heads = _heads(self.work, FAX_HEADS), _heads(self.work, JOB_HEADS)
        self.faxes = Table(words("Received and sent"), heads, right=(3,), wide=4, empty=none)
        self.jobs = Table(words("To be sent"), job_heads, right=(3,), wide=4, empty=none_waits)
        for table, widths_px in ((self.faxes, FAX_PX), (self.jobs, JOB_PX)):
            for place, width_px in enumerate(widths_px):
                table.setColumnWidth(place, width_px)
        self.look, self.save_pdf = QPushButton(words("Look at it")), QPushButton(words("Save as PDF…"))
        self.send_on, self.trace = QPushButton(words("Send on…")), QPushButton(words("What was said"))
        self.delete, self.cancel = QPushButton(words("Delete")), QPushButton(words("Send it no more"))
        self.where = QLineEdit(maxLength=PATH_MAX)
        self.where_ok, self.where_cancel = QPushButton(words("OK")), QPushButton(words("Cancel"))
        self._sends_on = False
        self.page = FaxPage(self.work)

    def _lay_out(self) -> None:
        words = self.work.words
        lines = column(self)
        lines.addLayout(row((self.heading, 0), (self.source, 1), (self.path, 2)))
        lines.addLayout(
            row(
                (QLabel(words("In this talk")), 0),
                (self.receive, 0),
                (self.send, 0),
                (self.in_talk, 1),
                (self.stop_button, 0),
            )
        )
        lines.addLayout(
            row((QLabel(words("To a number")), 0), (self.number, 1), (self.at_time, 0), (self.at, 0), (self.later, 0))
        )
        self.lists, self.below = QTabWidget(), QStackedWidget()
        name(self.lists, words("Faxes"))
        buttons = (
            (self.look, 0),
            (self.save_pdf, 0),
            (self.send_on, 0),
            (self.trace, 0),
            (QWidget(), 1),
            (self.delete, 0),
        )
        asked = ((self.where, 9), (self.where_ok, 0), (self.where_cancel, 0))
        self.lists.addTab(_page(self.faxes, *buttons, *asked), "")
        self.lists.addTab(_page(self.jobs, (self.cancel, 0), (QWidget(), 1)), "")
        self.delete.setProperty("destroys", "asks")
        self.below.addWidget(self.lists)
        self.below.addWidget(self.page)
        lines.addWidget(self.below, 1)
        lines.addLayout(row((self.notice, 1), (self.progress, 0)))
        self._show_where(False)

    def _connect(self) -> None:
        self.source.activated.connect(self._source_chosen)
        self.at_time.toggled.connect(self._later_chosen)
        self.number.textChanged.connect(self._number_changed)
        self.number.returnPressed.connect(self._send_later)
        for button, act in (
            *((self.receive, self.presenter.receive), (self.send, self._send), (self.later, self._send_later)),
            *((self.stop_button, self.presenter.stop_fax), (self.look, self._look), (self.save_pdf, self._save_pdf)),
            *((self.send_on, self._send_on), (self.trace, self._trace), (self.delete, self._delete)),
            *((self.cancel, self._cancel), (self.where_ok, self._where_typed), (self.where_cancel, self._where_left)),
            *(
                (self.page.back, self._turn_back),
                (self.page.forward, self._turn),
                (self.page.close_, self.presenter.close),
            ),
        ):
            button.clicked.connect(act)
        self.where.returnPressed.connect(self._where_typed)
        self.faxes.chosen.connect(self._look)
        for table in (self.faxes, self.jobs):
            table.selectionModel().currentRowChanged.connect(self._row_chosen)


def _heads(work: Workplace, heads: tuple[str, ...]) -> list[str]:
    return [work.words(head) for head in heads]


def _page(table: QWidget, *below: tuple[QWidget, int]) -> QWidget:
    page = QWidget()
    lines = column(page, margin=GRID // 2)
    lines.addWidget(table, 1)
    buttons = row(*below)
    lines.addLayout(buttons)
    return page
