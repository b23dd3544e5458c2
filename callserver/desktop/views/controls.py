"""The row of buttons under the bar: always the same twelve, at the same places."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout

from callserver.desktop.keys import Act
from callserver.desktop.presenters.controls import ROW, Button, Controls, ControlsData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.actions import Actions
from callserver.desktop.views.screen import Screen, column
from callserver.desktop.views.theme import GRID
from callserver.desktop.views.widgets import ActionButton, Notice


class ControlsView(Screen):
    """A button is disabled, never moved and never hidden."""

    def __init__(self, work: Workplace, actions: Actions, open_panel: Callable[[Act], None]) -> None:
        super().__init__()
        self.buttons = {act: ActionButton() for act in ROW}
        self.notice = Notice()
        lines = column(self, margin=0, spacing=0)
        row = QHBoxLayout()
        row.setContentsMargins(GRID, 0, GRID, 0)
        row.setSpacing(GRID // 2)
        for act, button in self.buttons.items():
            button.clicked.connect(actions[act].trigger)
            row.addWidget(button, 1)
        lines.addLayout(row)
        beneath = QHBoxLayout()
        beneath.setContentsMargins(GRID, 0, GRID, 0)
        beneath.addWidget(self.notice)
        lines.addLayout(beneath)
        self.presenter: Controls = Controls(work, self.show_data, open_panel)

    def show_data(self, data: ControlsData) -> None:
        """Paint it. The focus goes to the work area before a button that has it is disabled: a blank pressed then
        would press the next one."""
        for button in data.buttons:
            self._show_button(button)
        self.notice.show_either(data.problem, data.note)

    def _show_button(self, button: Button) -> None:
        widget = self.buttons[button.act]
        if widget.hasFocus() and not button.may:
            self.window().setFocus()
        widget.show_action(button.word, button.key)
        widget.setEnabled(button.may)
        widget.setToolTip(button.why_not)
        widget.setChecked(button.is_on)
