"""
One desktop program that is logged in: what it is told, what it hears, and whether it still answers.

Nothing is kept for a program that does not read: sound is dropped; of the seat's looks and of each channel's on the
board only the newest waits. So a frozen program costs one status a channel, however long it stays frozen.
"""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred, TimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.spread import pb

from callserver.agents.broker import GuardedBroker
from callserver.wire.convert import to_wire
from callserver.wire.messages import ChannelRow, SeatStatus
from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState

log = Logger()

PING_S = 3.0
MISSES = 2  # frozen or gone: known 9 s after the last answer at the latest
AUDIBLE = (SeatState.DIALING, SeatState.RINGBACK, SeatState.TALKING, SeatState.HELD)


class AgentSession:
    """The agent's ear and screen while his program is connected. Implements callserver.acd.station.Headset."""

    def __init__(self, mind: pb.RemoteReference, broker: GuardedBroker, clock: IReactorTime) -> None:
        self.open = True
        self.dropped_blocks = 0
        self._mind, self._broker, self._clock = mind, broker, clock
        self._state = SeatState.OFF
        self._status: SeatStatus | None = None  # waits to be told
        self._rows: dict[str, ChannelRow] = {}  # wait to be told
        self._waits = False  # for the program to read
        self._watching = Deferred.fromCoroutine(self._watch()).addErrback(watched)

    @property
    def address(self) -> str:
        """Where the program runs."""
        return self._broker.address

    def send_audio(self, block: bytes) -> None:
        """20 ms for the agent to hear, in a call; dropped when his program does not keep up."""
        if self._state not in AUDIBLE:
            return
        if self._broker.peer_reads:
            self._tell("audio", block)
        else:
            self.dropped_blocks += 1

    def take_up(self, status: SeatStatus) -> None:
        """The program has been told of this look, and of the whole board, otherwise."""
        self._state, self._status = status.state, None
        self._rows.clear()

    def show(self, status: SeatStatus) -> None:
        """How the agent's seat looks now; when nobody is logged in there any more, the session is over."""
        self._state, self._status = status.state, status
        self._send_waiting()
        if status.state is SeatState.OFF:
            self.close()

    def show_row(self, row: ChannelRow) -> None:
        """How a line or seat of the board looks now."""
        self._rows[row.channel] = row
        self._send_waiting()

    def close(self, why: Refused | None = None) -> None:
        """Say good-bye and close the connection."""
        if self.open:
            if why is not None:
                self._tell("bye", str(why))
            self.open = False
            self._clock.callLater(0, self._broker.part)  # after the answer to whatever was asked

    def gone(self) -> None:
        """The connection is lost."""
        self.open = False
        self._watching.cancel()

    def _send_waiting(self) -> None:
        if self._status is not None and self._broker.peer_reads:
            status, self._status = self._status, None
            self._tell("status", to_wire(status))
        while self._rows and self._broker.peer_reads:
            self._tell("row", to_wire(self._rows.pop(next(iter(self._rows)))))
        if (self._status is not None or self._rows) and not self._waits:
            self._waits = True
            self._broker.when_reads().addCallbacks(self._reads_again, lambda lost: None)

    def _reads_again(self, _: None) -> None:
        self._waits = False
        self._send_waiting()

    def _tell(self, name: str, *args: object) -> None:
        if self.open:
            self._mind.callRemote(name, *args, pbanswer=False)  # type: ignore[no-untyped-call]

    async def _watch(self) -> None:
        missed = 0
        while self.open and missed < MISSES:
            if not missed:
                await deferLater(self._clock, PING_S)
            missed = 0 if not self.open or await self._ping() else missed + 1
        if missed:
            self._broker.cut_off("its program does not answer any more")

    async def _ping(self) -> bool:
        try:
            answer: Deferred[object] = self._mind.callRemote("ping")  # type: ignore[no-untyped-call]
            await answer.addTimeout(PING_S, self._clock)
        except TimeoutError:
            return False
        except Exception:  # it answered, if only with an error; or the connection is lost, and the session over
            return True
        return True


def watched(failure: Failure) -> None:
    """Watching ends with the connection; anything else is an error here."""
    if not isinstance(failure.value, CancelledError):
        log.failure("watching a program failed", failure)
