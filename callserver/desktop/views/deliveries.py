"""The tab of deliveries."""

from __future__ import annotations

from callserver.desktop.presenters.deliveries import Deliveries, DeliveriesData
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.orders import OrderListView
from callserver.desktop.views.screen import column
from callserver.desktop.views.table import ROW_PX, Table
from callserver.desktop.views.theme import GRID, LARGE_PX, sized
from callserver.desktop.views.widgets import ElidedLabel, Notice
from callserver.wire.catalogue import N_

TITLES = (N_("Order"), N_("State"), N_("Since"), N_("Carrier"), N_("Parcel"))
WIDTHS_PX = (96, 96, 104, 120)
STEPS = 3, 6  # that are seen at once, in the smallest window and at most


class DeliveriesView(OrderListView):
    """Where the parcel is stands above, in large; the list of all below."""

    def __init__(self, work: Workplace) -> None:
        super().__init__()
        words = work.words
        self.heading, self.facts, self.notice = ElidedLabel(foreign=True), ElidedLabel(foreign=True), Notice()
        self.heading.setFont(sized(LARGE_PX, bold=True))
        self.steps = Table(words("Steps of the parcel"), (words("Time"), words("State")))
        self.steps.set_widths(160)
        self.steps.horizontalHeader().hide()
        self.steps.only_shows()
        self.steps.setMinimumHeight(STEPS[0] * ROW_PX + 2)  # with its frame
        self.steps.setMaximumHeight(STEPS[1] * ROW_PX + 2)
        self.table = Table(words("Deliveries"), tuple(map(words, TITLES)))
        self.table.set_widths(*WIDTHS_PX)
        lines = column(self, spacing=GRID // 2)
        for widget in (self.heading, self.facts):
            lines.addWidget(widget)
        lines.addWidget(self.steps, 1)
        lines.addWidget(self.table, 2)
        lines.addWidget(self.notice)
        self.presenter: Deliveries = Deliveries(work, self.show_data)
        self.watch_table()

    def show_data(self, data: DeliveriesData) -> None:
        """Paint it."""
        self.heading.setText(data.heading)
        self.facts.setText(data.facts)
        self.steps.show_rows(data.steps)
        self.show_list(data.orders, data.row)
        self.notice.show_either(data.problem, data.note)
