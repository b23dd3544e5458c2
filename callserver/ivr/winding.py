"""A long sound that its listener winds forward and back, and lets pause."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.ivr.interfaces import Sound
from callserver.ivr.menu_call import MenuCall

FORWARD, BACK, PAUSE = "#", "*", "0"
WIND_S = 3.0
PAUSED_S = 60.0  # then it plays on
PART_S = 30.0  # is in memory at a time
Read = Callable[[int, int], Awaitable[FloatArray]]
"""So many samples from one on, shape (n,)."""


async def wind(call: MenuCall, n_samples: int, read: Read) -> str:
    """
    A sound with keys: # on by 3 s, * back by 3 s, 0 pause.

    :param read: gives a part of it; what it raises ends the playing
    :return: the key that ended it, which is another; "": it was heard to its end
    """
    at = 0
    while at < n_samples:
        sound = await read(at, round(PART_S * RATE_HZ))
        began_s = call.clock.seconds()
        if not sound.size or (not call.call.keys and await call.play(Sound(sound))):
            at += max(sound.size, 1)
            continue
        at += min(round((call.clock.seconds() - began_s) * RATE_HZ), sound.size)
        key = await call.collect(max_digits=1, end_key=None, first_timeout_s=1.0)
        if key == PAUSE:
            key = await call.collect("mail-paused", max_digits=1, end_key=None, first_timeout_s=PAUSED_S)
        if key in (FORWARD, BACK):
            at = max(0, at + round((WIND_S if key == FORWARD else -WIND_S) * RATE_HZ))
        elif key not in ("", PAUSE):
            return key
    return ""


async def wind_sound(call: MenuCall, sound: FloatArray) -> str:
    """As `wind`, of a sound that is in memory."""

    async def read(first: int, n_samples: int) -> FloatArray:
        return sound[first : first + n_samples]

    return await wind(call, sound.size, read)
