"""The keys of a window, as Qt's actions: each works wherever the focus is, since no dialog is ever open."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from callserver.desktop.keys import WITHIN, Act, keys
from callserver.wire.catalogue import known


class Actions:
    """
    One `QAction` an act.

    :param own: what the person has put on other keys, as `keys` takes it
    :param do: called with the act whose key was pressed, or whose button
    """

    def __init__(self, window: QWidget, language: str, own: Mapping[str, str], do: Callable[[Act], None]) -> None:
        self._do = do
        self._group = QActionGroup(window)
        self._group.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        self._actions: dict[Act, QAction] = {}
        table = keys(own)
        for act in Act:
            action = QAction(known(language, act.value), window)
            if act in table and act not in WITHIN:
                action.setShortcuts(_sequences(table[act]))
            action.setAutoRepeat(False)
            action.setData(act.name)
            self._group.addAction(action)
            window.addAction(action)
            self._actions[act] = action
        self._group.triggered.connect(self._triggered)

    def __getitem__(self, act: Act) -> QAction:
        return self._actions[act]

    def _triggered(self, action: QAction) -> None:
        self._do(Act[action.data()])


def _sequences(key: str) -> list[QKeySequence]:
    """Enter is two keys of a keyboard."""
    both = [key, key.replace("Return", "Enter")] if "Return" in key else [key]
    return [QKeySequence(one) for one in both]
