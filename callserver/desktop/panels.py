"""Which screen an act opens: one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from callserver.desktop.keys import Act
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.board import BoardView
from callserver.desktop.views.customer import CustomerView
from callserver.desktop.views.deliveries import DeliveriesView
from callserver.desktop.views.devices_screen import DevicesScreen
from callserver.desktop.views.dial import DialView
from callserver.desktop.views.faults import FaultsView
from callserver.desktop.views.fax import FaxView
from callserver.desktop.views.find_customer import FindCustomerView
from callserver.desktop.views.history import HistoryView, NotesView
from callserver.desktop.views.key_list import KeyListView
from callserver.desktop.views.keypad import KeypadView
from callserver.desktop.views.messages import MessagesView
from callserver.desktop.views.missed import MissedView
from callserver.desktop.views.order_form import OrderFormView
from callserver.desktop.views.orders import OrdersView
from callserver.desktop.views.recordings import RecordingsView
from callserver.desktop.views.screen import Screen
from callserver.desktop.views.settings import SettingsView
from callserver.desktop.views.staff import StaffView
from callserver.desktop.views.transfer import TransferView
from callserver.desktop.views.wallboard import WallboardView

Make = Callable[[Workplace], Screen]

TABS: Mapping[Act, Make] = {
    Act.TAB_1: CustomerView,
    Act.TAB_2: OrdersView,
    Act.TAB_3: DeliveriesView,
    Act.TAB_4: FaultsView,
    Act.TAB_5: NotesView,
    Act.TAB_6: HistoryView,
}
PANELS: Mapping[Act, Make] = {
    Act.KEYS: KeyListView,
    Act.DIAL: DialView,
    Act.TRANSFER: TransferView,
    Act.KEYPAD: KeypadView,
    Act.MESSAGES: MessagesView,
    Act.MISSED: MissedView,
    Act.RECORDINGS: RecordingsView,
    Act.FAX: FaxView,
    Act.FIND: FindCustomerView,
    Act.NEW_ORDER: OrderFormView,
    Act.BOARD: BoardView,
    Act.DEVICES: DevicesScreen,
    Act.STAFF: StaffView,
    Act.SETTINGS: SettingsView,
    Act.WALLBOARD: WallboardView,
}
