"""The settings: sections of config.ini and the shop's books at the left, the fields of one beside them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from callserver.desktop.foreign import one_line
from callserver.desktop.presenters.settings import Section, Settings, SettingsData
from callserver.desktop.presenters.things import KINDS
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.form import CHANGED, Form
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.theme import GRID, LARGE_PX, sized
from callserver.desktop.views.things import ThingsView
from callserver.desktop.views.widgets import ElidedLabel, Notice, enable, name

LIST_PX, NARROW_LIST_PX, WIDE_PX, FIND_MAX = 31 * GRID, 20 * GRID, 110 * GRID, 60


class SettingsView(Screen):
    """Apply is Ctrl+S, too; what was typed stays while another section is looked at."""

    is_wide = True

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        self._work = work
        words = work.words
        self.lacks, self.notice = QLabel(), Notice()
        self.search = name(QLineEdit(maxLength=FIND_MAX, placeholderText=words("Find")), words("Find a setting"))
        self.places = name(QListWidget(), words("Sections"))
        self.heading, self.changed = ElidedLabel(), QLabel()
        self.form = Form(words("Settings"))
        self.apply, self.undo = QPushButton(words("Apply")), QPushButton(words("Undo"))
        self.defaults = QPushButton(words("Defaults"))
        self.things = ThingsView(work)
        self._sections: tuple[Section, ...] = ()
        self._lay_out()
        self.presenter: Settings = Settings(work, self.show_data)
        self._connect()

    def begin(self) -> None:
        """Both parts."""
        super().begin()
        self.things.begin()

    def leave(self) -> None:
        """Both parts."""
        super().leave()
        self.things.leave()

    def show_data(self, data: SettingsData) -> None:
        """Paint it."""
        self._pages.setCurrentIndex(1 if data.lacks else 0)
        self.lacks.setText(data.lacks)
        self._show_places(data)
        self.heading.setText(data.heading)
        self.changed.setText(data.changed)
        self.form.show_fields(data.fields)
        enable(self.apply, data.may_apply, self.places)
        enable(self.undo, data.may_undo, self.places)
        self.defaults.setEnabled(data.may_default)
        self.notice.show_either(data.problem, data.note)

    def save(self) -> None:
        self.things.save() if self._right.currentWidget() is self.things else self.presenter.apply()

    def carry_out(self) -> None:
        self.save()

    def take_focus(self) -> None:
        self.places.setFocus()
        self.presenter.open()

    def may_close(self) -> bool:
        return not self.presenter.has_changes and self.things.may_close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside the card of a call there is less room for the list."""
        super().resizeEvent(event)
        self._left.setFixedWidth(LIST_PX if self.width() >= WIDE_PX else NARROW_LIST_PX)

    def _show_places(self, data: SettingsData) -> None:
        if data.sections != self._sections:
            row = self.places.currentRow()
            self.places.blockSignals(True)
            self.places.clear()
            for one in data.sections:
                mark = f" {CHANGED} {one.n_changed}" if one.n_changed else ""
                self.places.addItem(one_line(one.words) + mark)
                self.places.item(self.places.count() - 1).setToolTip(f"[{one.name}]")
            if data.sections:
                self.places.addItems([self._work.words(words) for words in KINDS.values()])
            self._sections = data.sections
            self.places.setCurrentRow(max(0, row))
            self.places.blockSignals(False)

    def _placed(self, row: int) -> None:
        if row < 0:
            return
        kind = row - len(self._sections)
        self.search.clear()
        self._right.setCurrentIndex(0 if kind < 0 else 1)
        self.presenter.choose(row) if kind < 0 else self.things.presenter.show_kind(list(KINDS)[kind])

    def _entered(self) -> None:
        """Enter in the list goes to what is beside it."""
        self.things.take_focus() if self._right.currentWidget() is self.things else self.form.take_focus()

    def _found(self, words: str) -> None:
        self._right.setCurrentIndex(0)
        self.presenter.find(words)

    def _connect(self) -> None:
        presenter = self.presenter
        self.places.currentRowChanged.connect(self._placed)
        self.places.itemActivated.connect(self._entered)
        self.search.textEdited.connect(self._found)
        self.search.returnPressed.connect(self.form.take_focus)
        self.form.typed.connect(presenter.type)
        self.apply.clicked.connect(presenter.apply)
        self.undo.clicked.connect(presenter.undo)
        self.defaults.clicked.connect(presenter.defaults)

    def _lay_out(self) -> None:
        self.lacks.setTextFormat(Qt.TextFormat.PlainText)
        self.lacks.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.heading.setFont(sized(LARGE_PX, bold=True))
        self.places.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.places.setTextElideMode(Qt.TextElideMode.ElideRight)
        whole, self._pages, self._right = column(self, margin=0), QStackedWidget(), QStackedWidget()
        both = QWidget()
        whole.addWidget(self._pages)
        self._pages.addWidget(both)
        self._pages.addWidget(self.lacks)
        row, self._left = QHBoxLayout(both), QWidget()
        row.setContentsMargins(GRID // 2, GRID // 2, GRID // 2, GRID // 2)
        row.setSpacing(GRID)
        left = column(self._left, margin=GRID // 2)
        left.addWidget(self.search)
        left.addWidget(self.places, 1)
        row.addWidget(self._left)
        row.addWidget(self._right, 1)
        self._right.addWidget(self._file_page())
        self._right.addWidget(self.things)

    def _file_page(self) -> QWidget:
        page, top, buttons = QWidget(), QHBoxLayout(), QHBoxLayout()
        lines = column(page, margin=GRID // 2)
        top.addWidget(self.heading, 1)
        top.addWidget(self.changed)
        buttons.setSpacing(GRID)
        for button in (self.apply, self.undo, self.defaults):
            buttons.addWidget(button)
        buttons.addWidget(self.notice, 1)
        lines.addLayout(top)
        lines.addWidget(self.form, 1)
        lines.addLayout(buttons)
        return page
