"""What a waiting caller is asked who wants to be called back, or has been to be called back and calls again."""

from __future__ import annotations

from collections.abc import Callable

from callserver.calls.call import Call
from callserver.ivr import spoken
from callserver.ivr.dialogue import WantsPerson, ask_telephone, choose
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.running import GoesRound, Spins


class CallBackTalk:
    """
    :param menu_call: a call's voice and ears
    :param may_call: whether a number can be called back
    """

    def __init__(self, menu_call: Callable[[Call], MenuCall], may_call: Callable[[str], bool]) -> None:
        self._menu_call, self._may_call = menu_call, may_call

    async def number(self, call: Call) -> str:
        """Where to call him, confirmed; "" if he would rather wait."""
        talk = self._menu_call(call)
        try:
            number = call.caller.known_by or ""
            if not number or not self._may_call(number) or not await self._is_right(talk, number):
                number = await ask_telephone(talk)
            if self._may_call(number):
                return number
            await talk.play("number-not-valid")
        except (WantsPerson, GoesRound, Spins):
            pass
        return ""

    async def promise(self, call: Call, number: str) -> None:
        """He hears that he will be called."""
        await self._menu_call(call).play("will-call-back", *spoken.telephone(call.language, number), "goodbye")

    async def takes_old_place(self, call: Call) -> bool:
        """Whether he takes the place that is kept for him, in this call; silence and wrong keys leave it."""
        try:
            return await choose(self._menu_call(call), "old-place-or-end", keys="12") == "1"
        except (WantsPerson, GoesRound, Spins):
            return False

    async def _is_right(self, talk: MenuCall, number: str) -> bool:
        said = spoken.telephone(talk.language, number)
        return await choose(talk, "your-number-is", *said, "number-right-or-again", keys="12") == "1"
