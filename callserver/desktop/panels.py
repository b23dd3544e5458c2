"""Which screen an act opens: one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from callserver.desktop.keys import Act
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.board import BoardView
from callserver.desktop.views.customer import CustomerView
from callserver.desktop.views.dial import DialView
from callserver.desktop.views.find_customer import FindCustomerView
from callserver.desktop.views.history import HistoryView, NotesView
from callserver.desktop.views.key_list import KeyListView
from callserver.desktop.views.recordings import RecordingsView
from callserver.desktop.views.screen import Screen
from callserver.desktop.views.transfer import TransferView

Make = Callable[[Workplace], Screen]

TABS: Mapping[Act, Make] = {
    Act.TAB_1: CustomerView,
    Act.TAB_5: NotesView,
    Act.TAB_6: HistoryView,
}
PANELS: Mapping[Act, Make] = {
    Act.KEYS: KeyListView,
    Act.DIAL: DialView,
    Act.TRANSFER: TransferView,
    Act.RECORDINGS: RecordingsView,
    Act.FIND: FindCustomerView,
    Act.BOARD: BoardView,
}
