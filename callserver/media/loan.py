"""
A leg's sound lent to one who works on it alone, block by block: a fax.

While it is lent nobody hears the leg, it hears nobody, no detector listens, and a recording has silence.

- *No sample is lost, repeated or put in.* A page of a fax does not survive that. A line's modem has one crystal for
  both directions, so one block goes out for each that has come in, whatever our clock says: the far end's is followed,
  and the elastic store is not used. Some blocks of silence go ahead, so that the line never waits for the next.
- *No tick is late for it.* The work (1 to 2 ms a block) is done between two ticks, each loan at a time of its own; what
  it gives goes out with the next tick. What has come at once, after a stall of this machine, is worked off in bites.
- *It ends once*, by what breaks in it or when the leg is back or closes; who has borrowed is told outside the tick.

借出期间：输入一块、输出一块，绝不丢补样本；运算分散在两次节拍之间。
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.python.failure import Failure

from callserver.dsp.codecs import Codec
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.media.elastic import ElasticBuffer

AHEAD_BLOCKS = 2
SPREAD_S = (0.004, 0.008, 0.012, 0.016)  # after the tick; by slot
BITE_BLOCKS, BETWEEN_BITES_S = 3, 0.004

Exchange = Callable[[FloatArray], FloatArray]  # what came, shape (160,), for what goes out


class LentLeg(Protocol):
    """What a loan needs of its leg."""

    slot: int
    codec: Codec
    buffer: ElasticBuffer
    send: Callable[[bytes], None]


class Loan:
    """
    One leg's sound, from `Leg.lend` until it is given back.

    :param exchange: called with each block, for the one that goes out instead
    :param on_over: told what it raised, or None when the leg is back; nothing is asked of it any more
    """

    def __init__(
        self, leg: LentLeg, exchange: Exchange, clock: IReactorTime, on_over: Callable[[Failure | None], None]
    ) -> None:
        self._leg, self._clock = leg, clock
        self._exchange: Exchange | None = exchange
        self._on_over = on_over
        self._heard: list[bytes] = []
        self._done: list[bytes] = [leg.codec.silence * BLOCK_SAMPLES] * AHEAD_BLOCKS
        self._work_due: IDelayedCall | None = None
        leg.buffer.keep_all(True)

    def tick(self) -> None:
        """In each tick: what is done goes out, what has come is worked on before the next."""
        if self._work_due is not None:  # it is late
            self._work()
        done, self._done = self._done, []
        self._heard += self._leg.buffer.take_whole()
        for block in done:
            self._leg.send(block)
        self._work_later(SPREAD_S[self._leg.slot % len(SPREAD_S)])

    def over(self) -> None:
        """The leg is back, or closes."""
        self._stop_waiting()
        self._leg.buffer.keep_all(False)
        self._end(None)

    def _work_later(self, delay_s: float) -> None:
        if self._heard and self._work_due is None and self._exchange is not None:
            self._work_due = self._clock.callLater(delay_s, self._work)

    def _work(self) -> None:
        self._stop_waiting()
        heard, self._heard = self._heard[:BITE_BLOCKS], self._heard[BITE_BLOCKS:]
        for block in heard:
            if self._exchange is None:
                return
            sound = self._leg.codec.decode(np.frombuffer(block, np.uint8))
            try:
                out = self._exchange(sound)
            except Exception:
                self._end(Failure())  # type: ignore[no-untyped-call]
                return
            self._done.append(self._leg.codec.encode(out.astype(np.float32, copy=False)).tobytes())
        self._work_later(BETWEEN_BITES_S)

    def _end(self, failure: Failure | None) -> None:
        if self._exchange is not None:
            self._exchange = None
            self._clock.callLater(0, self._on_over, failure)

    def _stop_waiting(self) -> None:
        if self._work_due is not None and self._work_due.active():
            self._work_due.cancel()
        self._work_due = None
