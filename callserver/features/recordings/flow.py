"""The menu "recordings": who holds right 6 hears recordings by telephone, by their numbers. And a line's ear."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, cast

import numpy as np
from twisted.internet.defer import Deferred
from zope.interface import implementer

from callserver.acd.seats.parts import Person
from callserver.calls.stages import Stage
from callserver.dsp.frames import FloatArray
from callserver.features.recordings.archive import Archive
from callserver.features.recordings.judge import Judge
from callserver.features.recordings.search import Recorded, Wanted, search
from callserver.ivr.dialogue import ask_number, rounds
from callserver.ivr.interfaces import ICall, IMenu
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.winding import wind
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

RIGHT = Right.PLAY_RECORDINGS
ACT = "play_recording"
NUMBER_DIGITS = 10
NEWEST = "*"  # of his own calls
LONGEST_S = 43200.0  # of one call with a recorder: half a day


@implementer(IMenu)
class RecordingsMenu:
    """
    Number and PIN are asked for as at a seat's telephone; nothing of this call is itself recorded.

    The right is asked for each recording, and again for each half minute that is heard of it.

    :param log_in: asks who it is; None: nobody
    """

    name = "recordings"
    for_callers = False

    def __init__(
        self,
        judge: Judge,
        archive: Archive,
        in_thread: Callable[..., Deferred[Any]],
        log_in: Callable[[ICall], Coroutine[Any, Any, Person | None]],
    ) -> None:
        self._judge, self._archive, self._in_thread, self._log_in = judge, archive, in_thread, log_in

    async def run(self, asked: ICall) -> None:
        call = cast(MenuCall, asked)
        call.call.recording.never()
        await call.answer()
        person = await self._log_in(call)
        if person is None:
            return
        for _ in rounds():
            keyed = await ask_number(call, "recording-enter-number", max_digits=NUMBER_DIGITS, other_key=NEWEST)
            try:
                number = await self._newest(person.number) if keyed == NEWEST else int(keyed)
                one = await call.wait_for(self._judge.judged(person.number, ACT, number, RIGHT, _itself))
                await self._heard(call, person.number, one)
            except Refused as refused:
                if refused.code is Refusal.NO_RIGHT:
                    await call.play("seat-not-allowed", "goodbye")
                    return
                await call.play("recording-unknown")

    async def _newest(self, person: str) -> int:
        """Of his own calls; 0: there is none."""
        page = await self._judge.store.read(search, Wanted(heard_by=person, shortest_s=0.0), "", 1)
        return page.found[0].number if page.found else 0

    async def _heard(self, call: MenuCall, person: str, one: Recorded) -> None:
        async def read(first: int, n_samples: int) -> FloatArray:
            self._judge.require(person, RIGHT)
            octets, _ = await call.wait_for(self._in_thread(self._archive.heard, one, first, n_samples))
            return (np.frombuffer(octets, "<i2") / 32768).astype(np.float32)

        try:
            _, n_samples = await call.wait_for(self._in_thread(self._archive.heard, one, 0, 1))
            await wind(call, n_samples, read)
        except Refused:
            raise
        except Exception:  # the file is gone or damaged, or the call is over: then nothing is said any more
            await call.play("recording-not-heard")


@implementer(IMenu)
class RecorderMenu:
    """
    The menu "recorder": a line that says nothing and takes no keys, for whatever speaks there. What of it is recorded,
    [recording] rules say: `line 9: voice` each time that somebody speaks.
    """

    name = "recorder"
    for_callers = False

    async def run(self, asked: ICall) -> None:
        call = cast(MenuCall, asked)
        await call.answer()
        call.call.enter(Stage.MENU, LONGEST_S)
        await call.when_ended()


async def _itself(one: Recorded) -> Recorded:
    return one
