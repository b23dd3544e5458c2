"""How many faxes have come that nobody here has looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callserver.desktop.asking import by_the_way
from callserver.desktop.presenters.fax_lines import is_new
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.messages import ChannelRow
from callserver.wire.states import LineState


class FaxNews:
    """
    Asks for the list when a line has faxed and does so no more; nothing is asked for by the clock.

    What has been looked at, the own settings know: the panel of faxes notes it there.

    :param changed: told when it is another number
    """

    def __init__(self, work: Workplace, changed: Callable[[], None]) -> None:
        self._work, self._changed = work, changed
        self._faxing: set[str] = set()
        self._rows: list[dict[str, Any]] = []

    @property
    def n_new(self) -> int:
        """So many."""
        return sum(is_new(row, self._work.settings.now.faxes_seen) for row in self._rows)

    def row(self, row: ChannelRow) -> None:
        """A line looks otherwise."""
        if row.state == LineState.FAXING.name:
            self._faxing.add(row.channel)
        elif row.channel in self._faxing:
            self._faxing.discard(row.channel)
            by_the_way(self._work.client.ask("list_faxes"), self._came)  # else the next fax asks again

    def _came(self, rows: list[dict[str, Any]]) -> None:
        """On a computer where nobody has ever looked, only the newest is news."""
        self._rows, settings = rows, self._work.settings
        older = sorted(row["began"] for row in rows if row["direction"] == "in")[:-1]
        if older and not settings.now.faxes_seen:
            settings.remember(faxes_seen=older[-1])
        self._changed()
