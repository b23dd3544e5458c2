"""Questions to owners, for whom 0 and * are keys like the others."""

from __future__ import annotations

from callserver.ivr.dialogue import TRIES
from callserver.ivr.interfaces import Prompt
from callserver.ivr.menu_call import MenuCall

UP = "*"
WAIT_S = 6.0


async def ask(call: MenuCall, *prompts: Prompt, keys: str, wait_s: float = WAIT_S) -> str:
    """One of `keys`; after three wrong ones, or as much silence, UP."""
    for nth in range(TRIES):
        key = await call.collect(*prompts, max_digits=1, end_key=None, first_timeout_s=wait_s)
        if key and key in keys:
            return key
        if nth + 1 < TRIES:
            call.forget_keys()
            await call.play("not-understood" if key else "no-input")
    return UP
