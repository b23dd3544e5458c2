"""The log-in panel."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from callserver.desktop.presenters.log_in import LogIn
from callserver.desktop.presenters.log_in_data import Beside, LogInData, Trust, Typed
from callserver.desktop.views.caps_lock import caps_lock
from callserver.desktop.views.fingerprint import FingerprintLabel
from callserver.desktop.views.theme import GRID, HUGE_PX, LABELS_PX, sized
from callserver.desktop.views.widgets import ComboBox, Notice, announce, name
from callserver.wire.catalogue import LANGUAGES, N_, known

OWN_NAMES = {"zh": N_("Chinese"), "en": "English"}  # each in its own language
SEEN_MS = 100
WIDTH, FIELD_MAX = 90 * GRID, 512
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LogInView(QWidget):
    """
    Fields from top to bottom, each with its own line for what is wrong with it.

    :param make_devices: makes the place where the headset is chosen, which is loaded when all else is seen already;
        None: this program has no headset
    """

    speaks = Signal(str)  # another language shall be spoken
    quits = Signal()

    def __init__(self, log_in: LogIn, typed: Typed, make_devices: Callable[[], QWidget] | None = None) -> None:
        super().__init__()
        self._log_in, self.words = log_in, log_in.words
        self._make_fields(typed)
        self._make_buttons()
        self._make_devices = make_devices
        self._lay_out()
        self._connect()
        self.by_telephone.setChecked(typed.by_telephone)
        log_in.start(self.show_data, typed.server)
        if make_devices is not None:
            QTimer.singleShot(SEEN_MS, self, self.show_devices)

    def show_devices(self) -> None:
        """All of the computer's sound is asked for now."""
        make, self._make_devices = self._make_devices, None
        if make is not None:
            devices = make()
            self._place_of_devices.addWidget(devices)
            _after(self.telephone, devices)

    def typed(self) -> Typed:
        """What stands in the fields."""
        return Typed(
            server=self.server.currentText(),
            number=self.number.text(),
            password=self.password.text(),
            new=self.new.text(),
            again=self.again.text(),
            by_telephone=self.by_telephone.isChecked(),
            telephone=self.telephone.text(),
        )

    def show_data(self, data: LogInData) -> None:
        """Paint it."""
        self._show_servers(data.servers)
        self.reach.show_info(data.reach) if data.is_reachable or data.is_coming else self.reach.show_problem(data.reach)
        self._show_certificate(data)
        for widget in self._new_row:
            widget.setVisible(data.must_change)
        if data.is_changed and self.new.text():
            self._take_new_password()
        self.log_in.setEnabled(not data.is_busy)
        self.log_in.setText(self.words("Logging in …") if data.is_busy else f"{self.words('Log in')} Enter")
        self.take_over.setVisible(data.may_take_over)
        for beside, notice in self.problems.items():
            notice.show_problem(data.problem if beside is data.beside else "")
        if data.why_here and not data.problem:
            self.problems[Beside.PERSON].show_info(data.why_here)
        if data.must_change and data.beside is Beside.NEW_PASSWORD and not self.new.text():
            self.new.setFocus()

    def _take_new_password(self) -> None:
        self.password.setText(self.new.text())
        self.password.setFocus()  # the other two are gone
        self.new.clear()
        self.again.clear()

    def take_focus(self) -> None:
        """Where one begins to type."""
        empty = next((field for field in (self.number, self.password) if not field.text()), self.password)
        empty.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter logs in from every field; on a button it presses that."""
        if event.key() not in ENTER:
            super().keyPressEvent(event)
            return
        focused = self.focusWidget()
        focused.click() if isinstance(focused, QPushButton) else self.go_in()

    def go_in(self) -> None:
        """Log in; where the certificate has to be judged first, that is brought into sight, and said again."""
        self._log_in.log_in(self.typed())
        if self.box.isVisible():
            self._page.ensureWidgetVisible(self.box)
            announce(self.certificate, self.certificate.text(), assertive=True)

    # Acts of the person

    def _press(self) -> None:
        self.take_focus()  # the button goes grey, and Enter must not then be Quit's
        self.go_in()

    def _take_over(self) -> None:
        self.take_focus()
        self._log_in.log_in(self.typed(), take_over=True)

    def _trust(self) -> None:
        self.take_focus()
        if self._log_in.trust(self.fingerprint.fingerprint):
            self.go_in()

    def _say_language(self, button: QPushButton) -> None:
        self.speaks.emit(button.property("language"))

    def _password_key(self, event: QKeyEvent) -> None:
        on = caps_lock(event)
        if on is not None:
            self.caps.show_problem(self.words("Caps Lock is on") if on else "")

    # What it is made of

    def _make_fields(self, typed: Typed) -> None:
        words = self.words
        self.server = name(ComboBox(), words("Server"))
        self.server.setEditable(True)
        self.server.setInsertPolicy(ComboBox.InsertPolicy.NoInsert)
        self.server.setEditText(typed.server)
        self.number = name(QLineEdit(typed.number, maxLength=FIELD_MAX), words("Staff number"))
        self.password = name(PasswordField(typed.password, self._password_key), words("Password"))
        self.new = name(PasswordField(typed.new, self._password_key), words("New password"))
        self.again = name(PasswordField(typed.again, self._password_key), words("New password once more"))
        self.by_pc, self.by_telephone = QRadioButton(words("PC (headset)")), QRadioButton(words("Seat telephone"))
        self.by_pc.setChecked(True)
        self.telephone = name(QLineEdit(typed.telephone, maxLength=FIELD_MAX), words("Telephone number"))
        self.telephone.setPlaceholderText(words("Its number"))
        room = self.telephone.sizePolicy()
        room.setRetainSizeWhenHidden(True)
        self.telephone.setSizePolicy(room)
        self.telephone.setVisible(typed.by_telephone)
        self.reach, self.caps = Notice(wraps=True), Notice()
        self.problems = {beside: Notice(wraps=True) for beside in Beside}
        for notice in self.problems.values():
            _folds(notice)

    def _make_buttons(self) -> None:
        words = self.words
        self.languages = QButtonGroup(self)
        for language in LANGUAGES:
            button = QPushButton(known(language, OWN_NAMES[language]))
            button.setCheckable(True)
            button.setChecked(language == self._log_in.language)
            button.setProperty("language", language)
            self.languages.addButton(button)
        self.log_in, self.quit = QPushButton(f"{words('Log in')} Enter"), QPushButton(words("Quit"))
        self.take_over = QPushButton(words("Take over"))
        self.trust = QPushButton(words("Trust and log in"))
        self.checked = QCheckBox(words("The supervisor has confirmed the new fingerprint"))
        self.certificate = QLabel(wordWrap=True)
        self.old_fingerprint, self.fingerprint = FingerprintLabel(), FingerprintLabel()
        self.before, self.now = QLabel(f"{words('Before')}:"), QLabel(f"{words('Now')}:")
        self.certificate.setTextFormat(Qt.TextFormat.PlainText)

    def _lay_out(self) -> None:
        middle = QWidget()
        middle.setMaximumWidth(WIDTH)
        lines = QVBoxLayout(middle)
        lines.setSpacing(GRID)
        lines.addLayout(self._heading())
        lines.addLayout(self._form())
        self._place_of_devices = QVBoxLayout()
        lines.addLayout(self._place_of_devices)
        lines.addWidget(self._certificate_box())
        lines.addLayout(_row(self.log_in, self.quit))
        lines.addStretch(1)
        whole = QWidget()
        around = QHBoxLayout(whole)
        around.addStretch(1)
        around.addWidget(middle, 10)
        around.addStretch(1)
        self._page = page = QScrollArea(widgetResizable=True)
        top = QVBoxLayout(self)
        page.setFrameShape(QFrame.Shape.NoFrame)
        page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page.setWidget(whole)
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(page)

    def _heading(self) -> QHBoxLayout:
        heading = QLabel(f"{self.words('Telephone service centre')} · {self.words('Log in')}")
        heading.setFont(sized(HUGE_PX, bold=True))
        row = QHBoxLayout()
        row.addWidget(heading, 1)
        for button in self.languages.buttons():
            row.addWidget(button)
        return row

    def _form(self) -> QGridLayout:
        """A field, beside it what is to be said of it, beneath it what is wrong with it."""
        words, form, beside = self.words, QGridLayout(), self.problems
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID // 2)
        form.setColumnStretch(1, 1)
        form.setColumnMinimumWidth(0, LABELS_PX)
        form.setColumnStretch(2, 1)
        new, again = QLabel(words("New password")), QLabel(words("New password once more"))
        self._new_row = (new, self.new, again, self.again)
        rows: tuple[tuple[QWidget | None, QWidget | None, QWidget | None], ...] = (
            (QLabel(words("Server")), self.server, None),
            (None, self.reach, None),
            (None, beside[Beside.SERVER], None),
            (QLabel(words("Staff number")), self.number, None),
            (QLabel(words("Password")), self.password, self.caps),
            (new, self.new, None),
            (again, self.again, None),
            (None, beside[Beside.NEW_PASSWORD], None),
            (None, beside[Beside.PERSON], None),
            (None, _of(self.take_over), None),
            (QLabel(words("Log in by")), _of(self.by_pc, self.by_telephone), self.telephone),
            (None, beside[Beside.TELEPHONE], None),
        )
        for at, row in enumerate(rows):
            for place, widget in enumerate(row):
                if widget is not None:
                    form.addWidget(widget, at, place, 1, 2 if row[0] is None else 1)
        return form

    def _certificate_box(self) -> QWidget:
        self.box = QWidget()
        lines = QVBoxLayout(self.box)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.certificate)
        both = QGridLayout()
        both.setHorizontalSpacing(GRID)
        both.setColumnStretch(1, 1)
        for at, pair in enumerate(((self.before, self.old_fingerprint), (self.now, self.fingerprint))):
            for place, widget in enumerate(pair):
                both.addWidget(widget, at, place, Qt.AlignmentFlag.AlignTop if not place else Qt.AlignmentFlag(0))
        lines.addLayout(both)
        lines.addWidget(self.checked)
        lines.addLayout(_row(self.trust))
        lines.addWidget(self.problems[Beside.CERTIFICATE])
        return self.box

    def _connect(self) -> None:
        self.server.editTextChanged.connect(self._log_in.server_typed)
        self.by_telephone.toggled.connect(self.telephone.setVisible)
        self.log_in.clicked.connect(self._press)
        self.quit.clicked.connect(self.quits)
        self.take_over.clicked.connect(self._take_over)
        self.trust.clicked.connect(self._trust)
        self.checked.toggled.connect(self.trust.setEnabled)
        self.languages.buttonClicked.connect(self._say_language)

    def _show_servers(self, servers: tuple[str, ...]) -> None:
        if tuple(self.server.itemText(at) for at in range(self.server.count())) == servers:
            return
        typed, quiet = self.server.currentText(), self.server.blockSignals(True)
        self.server.clear()
        self.server.addItems(servers)
        self.server.setEditText(typed)
        self.server.blockSignals(quiet)

    def _show_certificate(self, data: LogInData) -> None:
        changed = data.trust is Trust.CHANGED
        self.box.setVisible(bool(data.certificate))
        self.log_in.setVisible(not data.certificate)  # before that is judged it would only say so
        self.certificate.setText(data.certificate)
        if data.fingerprints and data.fingerprints[-1] != self.fingerprint.fingerprint:
            self.fingerprint.show_fingerprint(data.fingerprints[-1])
            self.checked.setChecked(False)
        for label in (self.before, self.old_fingerprint, self.now):
            label.setVisible(changed)
        self.old_fingerprint.show_fingerprint(data.fingerprints[0] if changed else "")
        self.checked.setVisible(changed)
        self.trust.setEnabled(not changed or self.checked.isChecked())


class PasswordField(QLineEdit):
    """Shows dots, and tells each key, so that Caps Lock is noticed."""

    def __init__(self, typed: str, on_key: Callable[[QKeyEvent], None]) -> None:
        super().__init__(typed, maxLength=FIELD_MAX)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._on_key = on_key

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A letter of the other case tells it."""
        self._on_key(event)
        super().keyPressEvent(event)


def _after(before: QWidget, whole: QWidget) -> None:
    """Tab goes from there through all of this, which was made later than what is beneath it."""
    parts, part = [before], whole.nextInFocusChain()
    while part is not None and part is not whole:
        if whole.isAncestorOf(part) and part.focusPolicy() & Qt.FocusPolicy.TabFocus:
            parts.append(part)
        part = part.nextInFocusChain()
    for one, following in pairwise(parts):
        QWidget.setTabOrder(one, following)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GRID)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row


def _folds(notice: Notice) -> None:
    """Its place closes when there is nothing to say: below it there is nothing that one would miss by a line."""
    kept = notice.sizePolicy()
    kept.setRetainSizeWhenHidden(False)
    notice.setSizePolicy(kept)


def _of(*widgets: QWidget) -> QWidget:
    whole = QWidget()
    whole.setLayout(_row(*widgets))
    return whole
