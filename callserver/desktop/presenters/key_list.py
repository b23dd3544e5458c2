"""The list of keys that F1 shows."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.desktop.keys import Act, keys, shown_for
from callserver.desktop.presenters.presenter import Presenter


@dataclass(frozen=True)
class KeyListData:
    """Key and what it does, in the table's order."""

    rows: tuple[tuple[str, str], ...]


class KeyList(Presenter[KeyListData]):
    """Only acts that have a key."""

    def data(self) -> KeyListData:
        table, language = keys(self.work.settings.now.keys), self.work.language
        in_order = (act for act in Act if act in table)
        return KeyListData(
            tuple((shown_for(act, table[act], language), self.work.words(act.value)) for act in in_order)
        )
