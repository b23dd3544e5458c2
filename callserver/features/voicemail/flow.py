"""The menu "mailbox": owners call, say which box and its PIN, and hear their messages."""

from __future__ import annotations

from zope.interface import implementer

from callserver.ivr.interfaces import ICall, IMenu

LANGUAGES = {"1": "zh", "2": "en"}


@implementer(IMenu)
class MailboxMenu:
    """For a line of its own, or as `plugin mailbox` behind a key of another menu."""

    name = "mailbox"
    takes_fax = False

    async def run(self, call: ICall) -> None:
        await call.answer()
        await call.open_mailbox()
        await call.play("goodbye")
