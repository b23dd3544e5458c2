"""The server of benchmarks.board: a shop whose board changes so many times a second from SIGUSR1 on."""

import signal
import sys
import time
from pathlib import Path
from random import Random

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall
from twisted.logger import globalLogBeginner, textFileLogObserver

from benchmarks.server_child import say
from callserver.calls.board import ChannelStatus
from callserver.server.assembly import CallServer
from callserver.server.first_start import settle_in
from callserver.server.shop_folder import ShopFolder
from callserver.server.world import World
from callserver.wire.messages import QueueRow, Waiter
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState

N_LINES, N_WAIT = 20, 8
LINE_STATES = (LineState.RINGING_IN, LineState.TALKING, LineState.HELD, LineState.WAIT_HANGUP, LineState.IDLE)
SEAT_STATES = (SeatState.RINGING, SeatState.TALKING, SeatState.HELD, SeatState.PAUSED, SeatState.IDLE_PC)


def main() -> None:
    reactor.seconds = time.monotonic
    folder, changes_a_second = ShopFolder(Path(sys.argv[1])), float(sys.argv[2])
    globalLogBeginner.beginLoggingTo(
        [textFileLogObserver(folder.log_file.open("a", encoding="utf-8"))], redirectStandardIO=False
    )
    server = CallServer(folder, World(reactor))
    busy = LoopingCall(Busy(server).change)
    ready = server.ready.addCallback(lambda _: Deferred.fromCoroutine(hire(server)))
    ready.addCallbacks(lambda _: say(port=server.agents.port_number), lambda f: say(failed=f.getErrorMessage()))
    reactor.callWhenRunning(server.startService)
    reactor.addSystemEventTrigger("before", "shutdown", server.stopService)
    signal.signal(signal.SIGUSR1, lambda *_: reactor.callFromThread(busy.start, 1 / changes_a_second))
    reactor.run()


async def hire(server: CallServer) -> None:
    """As many as there are seats, and all see lines too."""
    await server.store.write(settle_in)
    for number in range(805, 801 + server.config.agents.seats):
        password, rights = server.folder.first_password("801"), {Right.ANSWER_QUEUED, Right.SUPERVISOR}
        await server.centre.staff.add(str(number), "agent", password, rights)


class Busy:
    """A hall full of calls: lines and seats change in the order in which they do in a call, at drawn places."""

    def __init__(self, server: CallServer) -> None:
        self._server, self._random = server, Random(1)
        n_seats = server.config.agents.seats
        self._places = [(f"line {n}", LINE_STATES) for n in range(1, N_LINES + 1)]
        self._places += [(f"seat {n}", SEAT_STATES) for n in range(801, 801 + n_seats)]
        self._at = dict.fromkeys((channel for channel, _ in self._places), 0)
        self._waiters: list[Waiter] = []
        server.centre.waiting.rows = lambda: [QueueRow("operator", len(self._waiters), 30.0, tuple(self._waiters))]

    def change(self) -> None:
        """Every fifth time somebody comes to the queue or leaves it, else a line or a seat looks otherwise."""
        if self._random.random() < 0.2:
            self._queue_changes()
        else:
            self._channel_changes()

    def _queue_changes(self) -> None:
        if len(self._waiters) > self._random.randrange(1, 2 * N_WAIT):
            self._waiters.pop(0)
        else:
            call_id = f"0198c2f4-7a11-7000-8000-{self._random.randrange(10**12):012}"
            self._waiters.append(Waiter(call_id, "13912345678", self._random.uniform(1, 60)))
        self._server.centre.waiting.changed()

    def _channel_changes(self) -> None:
        channel, states = self._random.choice(self._places)
        self._at[channel] += 1
        state = states[self._at[channel] % len(states)]
        number = channel.partition(" ")[2]
        whose = {"person": number, "name": "Li Mei"} if channel.startswith("seat") else {}
        call_id = f"0198c2f4-7a11-7000-8000-{self._at[channel]:012}"
        sub = "lunch" if state is SeatState.PAUSED else "bridged"
        self._server.board.show(ChannelStatus(channel, state, sub=sub, call_id=call_id, caller="13912345678", **whose))


if __name__ == "__main__":
    main()
