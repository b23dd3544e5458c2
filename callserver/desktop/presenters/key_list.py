"""The list of keys that F1 shows."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.desktop.keys import keys, shown
from callserver.desktop.presenters.presenter import Presenter


@dataclass(frozen=True)
class KeyListData:
    """Key and what it does, in the table's order."""

    rows: tuple[tuple[str, str], ...]


class KeyList(Presenter[KeyListData]):
    """Only acts that have a key."""

    def data(self) -> KeyListData:
        table = keys(self.work.settings.now.keys)
        return KeyListData(tuple((shown(key), self.work.words(act.value)) for act, key in table.items()))
