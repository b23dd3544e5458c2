"""The menus of voice mail: owners who call, and owners who are called."""

from __future__ import annotations

from collections.abc import Callable

from zope.interface import implementer

from callserver.features.voicemail.access import Access
from callserver.features.voicemail.owner import OwnerTalk
from callserver.features.voicemail.rules import Telling
from callserver.ivr.interfaces import ICall, IMenu
from callserver.ivr.menu_call import MenuCall

TELLS = "mailbox-calls"
YES = "1"
LIFTS_S = 5.0  # for a key; whoever lifts may say a word first
ASKED = 3


@implementer(IMenu)
class MailboxMenu:
    """For a line of its own, or as `plugin mailbox` behind a key of another menu."""

    name = "mailbox"
    for_callers = False  # its owner calls it; callers are sent to a box
    takes_fax = False

    async def run(self, call: ICall) -> None:
        await call.answer()
        if await call.open_mailbox() == "opened":
            await call.play("goodbye")


@implementer(IMenu)
class MailboxCalls:
    """
    Who lifts presses 1, and hears what is new: at once where the shop has set a time for it, else after the PIN.

    :param telling_of: what a call was dialled for; None: somebody has called this menu
    """

    name = TELLS
    for_callers = False
    takes_fax = False

    def __init__(self, telling_of: Callable[[str], Telling | None], access: Access, owner: OwnerTalk) -> None:
        self._telling_of, self._access, self._owner = telling_of, access, owner

    async def run(self, call: ICall) -> None:
        telling = self._telling_of(call.id)
        box = self._access.directory.box(telling.box) if telling is not None else None
        if telling is None or box is None:
            return
        assert isinstance(call, MenuCall)  # no trial was dialled for anything
        call.language = box.language or call.language
        for _ in range(ASKED):
            if await call.collect("mail-shop-calls", max_digits=1, first_timeout_s=LIFTS_S) == YES:
                break
        else:
            return
        if telling.plays:
            await self._owner.visit(call, box, self._access.owner(box), proved=False)
        elif (entered := await self._access.enter(call, box.number)) is not None:
            await self._owner.visit(call, *entered)
        await call.play("goodbye")
