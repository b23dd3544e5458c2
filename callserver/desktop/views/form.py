"""A form made of what the server says can be set: each field beside what it means, and beneath it what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from callserver.desktop.presenters.form import FormField
from callserver.desktop.views.theme import GRID, SMALL_PX, colours, sized
from callserver.desktop.views.widgets import ComboBox, ElidedLabel, name, show_text, tooltip

TEXT_MAX = 10_000
FIELD_PX, NUMBER_PX, CHANGED = 40 * GRID, 15 * GRID, "●"


class FieldRow(QWidget):
    """One field; told by its key what was typed."""

    typed = Signal(str, str)

    def __init__(self, shown: FormField, field_px: int) -> None:
        super().__init__()
        self.key = shown.key
        self.label, self.mark, self.unit, self.hint = QLabel(), QLabel(), QLabel(), ElidedLabel()
        self.editor: QLineEdit | ComboBox = ComboBox() if shown.choices else QLineEdit(maxLength=TEXT_MAX)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.hint.setFont(sized(SMALL_PX))
        self.mark.setFixedWidth(2 * GRID)
        self._choices: tuple[tuple[str, str], ...] = ()
        if isinstance(self.editor, ComboBox):
            self.editor.activated.connect(self._chosen)
            self.editor.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        else:
            self.editor.textEdited.connect(self._typed)
        self.editor.setMinimumWidth(min(field_px, 9 * GRID))
        self.editor.setMaximumWidth(NUMBER_PX if shown.unit else field_px)
        self._lay_out()
        self.show_field(shown)

    def show_field(self, shown: FormField) -> None:
        """Paint it; the cursor stays where it is."""
        self.label.setText(shown.label)
        self.mark.setText(CHANGED if shown.is_changed else "")
        self.unit.setText(shown.unit)
        self.unit.setVisible(bool(shown.unit))
        beneath = shown.problem or shown.remark or shown.hint
        self.hint.setText(f"✖ {shown.problem}" if shown.problem else beneath)
        self.hint.setVisible(bool(beneath))
        worn = colours(self.palette())
        ink = worn.problem if shown.problem else worn.warning if shown.remark else worn.soft
        self.hint.setStyleSheet(f"color: {ink}")
        name(self.editor, ", ".join(filter(None, (shown.label, shown.unit, beneath))))
        tooltip(self.editor, " · ".join(filter(None, (shown.meaning, shown.hint, shown.remark))))
        if isinstance(self.editor, ComboBox):
            self._show_choices(self.editor, shown)
        else:
            self.editor.setPlaceholderText(shown.empty)
            show_text(self.editor, shown.value)

    def _show_choices(self, box: ComboBox, shown: FormField) -> None:
        known = shown.choices
        if shown.value not in dict(known):
            known = (*known, (shown.value, shown.value))
        if known != self._choices:
            self._choices = known
            box.clear()
            for value, words in known:
                box.addItem(words, value)
        box.setCurrentIndex([value for value, _ in known].index(shown.value))

    def _typed(self, text: str) -> None:
        self.typed.emit(self.key, text)

    def _chosen(self, index: int) -> None:
        self.typed.emit(self.key, self._choices[index][0])

    def _lay_out(self) -> None:
        grid, row = QGridLayout(self), QHBoxLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(0)
        row.setSpacing(GRID)
        row.addWidget(self.mark)
        row.addWidget(self.editor, 1)
        row.addWidget(self.unit)
        row.addStretch()
        grid.addWidget(self.label, 0, 0)
        grid.addLayout(row, 0, 1)
        grid.addWidget(self.hint, 1, 1)
        self.hint.setContentsMargins(3 * GRID, 0, 0, 0)
        grid.setColumnStretch(1, 1)


class Form(QScrollArea):
    """
    Fields one under the other, by the keyboard from one to the next.

    :param field_px: a field is at most so wide
    :param label_share: of the width, for what a field is
    """

    typed = Signal(str, str)

    def __init__(self, words: str, field_px: int = FIELD_PX, label_share: float = 0.45) -> None:
        super().__init__()
        self.setAccessibleName(words)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._field_px, self._label_share = field_px, label_share
        self.rows: dict[str, FieldRow] = {}
        self._inside = QWidget()
        self._lines = QVBoxLayout(self._inside)
        self._lines.setContentsMargins(0, GRID // 2, GRID, GRID // 2)  # room for the ring of the focus
        self._lines.setSpacing(GRID)
        self._lines.addStretch(1)
        self.setWidget(self._inside)

    def show_fields(self, fields: Sequence[FormField]) -> None:
        """Paint them; the same ones as before stay where they are."""
        if [(one.key, bool(one.choices)) for one in fields] != [
            (key, isinstance(row.editor, ComboBox)) for key, row in self.rows.items()
        ]:
            self._make(fields)
        for one in fields:
            self.rows[one.key].show_field(one)

    def take_focus(self) -> None:
        """The first field."""
        for row in self.rows.values():
            row.editor.setFocus()
            return

    def resizeEvent(self, event: QResizeEvent) -> None:
        """All fields begin at the same place."""
        super().resizeEvent(event)
        self._align()

    def _align(self) -> None:
        for row in self.rows.values():
            row.label.setFixedWidth(int(self._label_share * self.viewport().width()))

    def _make(self, fields: Sequence[FormField]) -> None:
        for row in self.rows.values():
            self._lines.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows, before = {}, self._before()
        for place, one in enumerate(fields):
            row = self.rows[one.key] = FieldRow(one, self._field_px)
            row.typed.connect(self.typed)
            self._lines.insertWidget(place, row)
            if before is not None:  # made anew they would come after all else in the window
                self.setTabOrder(before, row.editor)
                before = row.editor
        self._align()
        self.verticalScrollBar().setValue(0)

    def _before(self) -> QWidget | None:
        """From where Tab comes into the form."""
        one: QWidget | None = self.previousInFocusChain()
        while one is not None and one is not self:
            if one.focusPolicy() & Qt.FocusPolicy.TabFocus and not self.isAncestorOf(one):
                return one
            one = one.previousInFocusChain()
        return None
