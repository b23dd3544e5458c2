"""The mailboxes of a shop, as menus and calls ask for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from callserver.features.voicemail.access import Access
from callserver.features.voicemail.directory import Directory
from callserver.features.voicemail.guest import OPENED, GuestTalk
from callserver.features.voicemail.owner import OwnerTalk
from callserver.features.voicemail.rules import Box
from callserver.ivr.menu_call import MenuCall
from callserver.wire.messages import MailMark

REFUSED = "refused"


@dataclass(frozen=True)
class Mailboxes:
    """
    Implements ivr's Mailboxes.

    :param general_box: the number of the shop's general one, as it is set at the moment
    """

    directory: Directory
    access: Access
    guest: GuestTalk
    owner: OwnerTalk
    general_box: Callable[[], str]

    @property
    def general(self) -> str:
        """The box for whom nobody has served, if there is one."""
        number = self.general_box()
        return number if self.has_box(number) else ""

    @property
    def numbers(self) -> Collection[str]:
        """Of all boxes."""
        return self.directory.now.boxes.keys()

    def marks(self, number: str) -> list[MailMark]:
        """Of the boxes that a person may open."""
        return [self._mark(box) for box in self.directory.now.boxes.values() if self.access.is_his(box, number)]

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` when marks have changed."""
        self.directory.watch(watcher)

    def _mark(self, box: Box) -> MailMark:
        count = self.directory.count(box.number)
        return MailMark(box.number, box.name, count.new, count.urgent, count.old)

    def has_box(self, number: str) -> bool:
        """At this moment."""
        return self.directory.box(number) is not None

    async def leave_message(self, call: MenuCall, box: str, *, busy: bool = False) -> str:
        """As `ICall.leave_message`."""
        with _all_keys(call):
            return await self.guest.leave(call, box or self.general, busy=busy)

    async def open_mailbox(self, call: MenuCall, box: str = "") -> str:
        """As `ICall.open_mailbox`."""
        with _all_keys(call):
            entered = await self.access.enter(call, box)
            if entered is None:
                return REFUSED
            await self.owner.visit(call, *entered)
            return OPENED


@contextmanager
def _all_keys(call: MenuCall) -> Iterator[None]:
    """* and # wind a message back and forth: they are no log-in of the staff here."""
    before, call.keeps_keys = call.keeps_keys, True
    try:
        yield
    finally:
        call.keeps_keys = before
