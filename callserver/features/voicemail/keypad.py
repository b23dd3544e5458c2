"""Questions to owners, for whom 0 and * are keys like the others; and a sound that is wound forward and back."""

from __future__ import annotations

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.ivr.dialogue import TRIES
from callserver.ivr.interfaces import Prompt, Sound
from callserver.ivr.menu_call import MenuCall

UP = "*"
FORWARD, BACK, PAUSE = "#", "*", "0"
WIND_S = 3.0
PAUSED_S = 60.0  # then it plays on
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


async def play(call: MenuCall, sound: FloatArray) -> str:
    """
    A sound with keys: # on by 3 s, * back by 3 s, 0 pause.

    :return: the key that ended it, which is another; "": it was heard to its end
    """
    at = 0
    while at < sound.size:
        began_s = call.clock.seconds()
        if not call.call.keys and await call.play(Sound(sound[at:])):
            return ""
        at += round((call.clock.seconds() - began_s) * RATE_HZ)
        key = await call.collect(max_digits=1, end_key=None, first_timeout_s=1.0)
        if key == PAUSE:
            key = await call.collect("mail-paused", max_digits=1, end_key=None, first_timeout_s=PAUSED_S)
        if key in (FORWARD, BACK):
            at = max(0, at + round((WIND_S if key == FORWARD else -WIND_S) * RATE_HZ))
        elif key not in ("", PAUSE):
            return key
    return ""
