"""The emulated telephone exchange."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from twisted.application.service import Service
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import Clock, LoopingCall
from twisted.logger import Logger

from callserver.dsp.frames import BLOCK_MS
from callserver.dsp.progress.plans import plan
from callserver.emulator.loop import SubscriberLine
from callserver.emulator.phone import Phone
from callserver.emulator.sound_path import SoundPath
from callserver.emulator.switch import Switch

log = Logger()

BLOCK_S = BLOCK_MS / 1000
LOCAL_TIME: Callable[[], datetime] = partial(datetime.now, None)  # telephones show the time on the wall

T = TypeVar("T")


# Time on the exchange. The clock that it is given only says how many blocks of 20 ms are due; what happens on it runs
# on `time`, which moves by whole blocks, each in two steps:
#
#     1. time.advance: ringing, time-outs, the waits of scripts
#     2. SoundPath.pass_block: every terminal is read, every terminal is fed, then keys and tones in it are told
#
# Nothing changes inside a block. A stage, a tone or a peer that step 1 changes holds for the whole block of step 2;
# what a terminal does while it is fed or told holds from the next. So sample counts and timers cannot drift apart, and
# ten blocks done at once after a stall give the same samples as ten done in time: no block is skipped, because a modem
# that lost samples would see another clock than its line's. The thousandth of a block in `_tick` is for the rounding of
# the clock's seconds: without it a block could be put off to the next tick.
#
# What is asked from outside (the control socket, a program's bytes on a pty) arrives between two ticks, or is read by
# the terminal in step 2. A terminal that raises costs its own block (SoundPath); a timer that raises puts off the
# others that are due by one block. Being fed may bring a new line (a script begins in an answer): step 2 works on a
# copy of `lines`.
#
# A line's row in the arrays is its own until `remove_phone`; the next subscriber gets the row with a `SubscriberLine`
# of his own: whoever still holds the old one, such as a caller who hears ringback from it, holds a line that nobody
# answers. Stopped, `time` stands still; after a start nothing is caught up.
#
# 时间只按整块（20 毫秒）前进：先走定时器，再传声音；迟到的块一次补齐，一块不少，所以采样数与定时器永不错位。


class Exchange(Service):
    """
    Subscribers, connected by number. One pass every 20 ms moves everybody's sound, timers included.

    Its own time, `time`, advances block by block: whatever happens on it happens between two blocks, also when a tick
    was late and several blocks are due at once.

    :param clock: the reactor, or a `task.Clock` for virtual time
    :param country: whose tones and ringing, see `callserver.dsp.progress.plans`
    :param echo_db: level of one's own sound that comes back from the line
    :param noise_dbm0: of the noise on each line; None for none
    :param loop_break: the far end's hang-up also interrupts the loop current
    :param now: wall time, told with the caller's number
    """

    def __init__(
        self,
        clock: IReactorTime,
        country: str = "cn",
        *,
        echo_db: float = -14.0,
        noise_dbm0: float | None = None,
        loop_break: bool = False,
        now: Callable[[], datetime] = LOCAL_TIME,
    ) -> None:
        self.time = Clock()
        self.plan = plan(country)
        self.phones: dict[str, Phone] = {}
        self.lines: list[SubscriberLine] = []  # by row; without number: nobody's
        self._free: list[int] = []
        self._clock = clock
        self._path = SoundPath(self.plan, echo_db, noise_dbm0)
        self._switch = Switch(self.time, self.plan, now, self._path.reset, loop_break)
        self._ticking = LoopingCall(self._tick)
        self._ticking.clock = clock

    def add_line(self, number: str) -> SubscriberLine:
        """
        A subscriber's line; plug a terminal into it.

        :raises ValueError: the number is taken, or no number
        """
        if not number or self._switch.knows(number):
            raise ValueError(f"the number {number!r} cannot be given to a line: {'taken' if number else 'empty'}")
        if self._free:
            line = SubscriberLine(number, self._free.pop(), self._switch)
            self.lines[line.row] = line
        else:
            line = SubscriberLine(number, len(self.lines), self._switch)
            self.lines.append(line)
        self._switch.connect(number, [line])
        return line

    def add_phone(self, number: str, name: str = "") -> Phone:
        """The telephone with this number; a new one, or the one that is there, under this name."""
        if number not in self.phones:
            self.phones[number] = Phone(self.add_line(number), self.time)
        phone = self.phones[number]
        phone.line.name = name or phone.line.name
        return phone

    def remove_phone(self, phone: Phone) -> None:
        """The subscriber leaves; another may get the line and the number."""
        if self.phones.get(phone.line.number) is phone:
            phone.hang_up()
            del self.phones[phone.line.number]
            self._switch.disconnect(phone.line.number)
            self.lines[phone.line.row] = SubscriberLine("", phone.line.row, self._switch)
            self._free.append(phone.line.row)

    def hunt(self, number: str, lines: Sequence[SubscriberLine]) -> None:
        """This number rings the first of the lines that is free."""
        self._switch.connect(number, list(lines))

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self._began_s = self._clock.seconds() - self.time.seconds()
        self._ticking.start(BLOCK_S, now=False)

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        if self._ticking.running:
            self._ticking.stop()

    def start(self) -> None:
        """Time begins to pass."""
        self.startService()

    def stop(self) -> None:
        """Time stops; all is as it was when it starts again."""
        self.stopService()

    def _tick(self) -> None:
        due_s = self._clock.seconds() - self._began_s + BLOCK_S / 1000
        while self.time.seconds() + BLOCK_S <= due_s:
            self._block()

    def _block(self) -> None:
        self._survive(self.time.advance, BLOCK_S)
        self._survive(self._path.pass_block, list(self.lines))  # who hears may bring new ones

    def _survive(self, action: Callable[[T], None], argument: T) -> None:
        """One broken telephone must not silence the others."""
        try:
            action(argument)
        except Exception:
            log.failure("a block of the exchange failed; it goes on")
