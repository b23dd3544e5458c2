"""A modem's serial link: one AT command in flight, sound in and out, everything unasked for as an event."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol as Interface
from typing import cast

from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.lines.interfaces import LineFailure
from callserver.lines.port import IPort
from callserver.modem.dle import CLEAR_TRANSMIT, END_DUPLEX, HARMLESS, escape
from callserver.modem.reader import ModemEvent, ModemReader
from callserver.modem.results import Final, Info
from callserver.wire.catalogue import Complaint

log = Logger()

COMMAND_S = 5.0
ANSWER_LINES_MAX = 100
LOGGED_MAX, LOGGED_SPAN_S = 5, 60.0  # lines that nobody asked for


class ModemStuck(Complaint):
    """The modem does not answer in time, or does not obey: a reset may help."""


class ModemGone(LineFailure):
    """The link to the modem is no more."""


class Unfit(LineFailure):
    """The modem does not do what a line needs of it: it is given up, and tried again seldom."""


@dataclass(frozen=True)
class Answer:
    """What a modem answered to a command."""

    result: str  # OK, ERROR, CONNECT, BUSY ...
    lines: list[str]

    @property
    def ok(self) -> bool:
        """Done as told."""
        return self.result == "OK"


class IBorrower(Interface):
    """Who speaks with the modem in the link's place for a time."""

    def feed(self, data: bytes) -> None:
        """All that the modem says."""

    def lost(self, reason: Exception) -> None:
        """The link is no more."""


@dataclass
class _InFlight:
    text: str
    deferred: Deferred[Answer]
    timer: IDelayedCall
    late_s: float  # until when its answer may come
    lines: list[str] = field(default_factory=list)


# V.250 numbers neither commands nor answers: an answer belongs to the command before it, and that is all one knows. So
# one command is in flight, and what may come between it and its answer (RING, caller ID, <DLE> codes) has types of its
# own and is never taken for one. A command in flight ends once, by whatever comes first:
#
#     Final            its Deferred fires with the Answer, Info lines included
#     time-out         ModemStuck
#     port is lost     ModemGone, then on_lost
#     cancelled        its Deferred's own CancelledError
#
# All four go through `_take_in_flight`, which leaves nothing behind: the Deferred fires when the next command may be
# sent, and may send it.
#
# After a time-out or a cancellation the answer can still come and would be taken for that of the next command.
# Therefore ModemStuck is not retried but answered by a reset (AttendedModem), in whose `AT, AT, AT` any OK will do,
# and which then waits until all answers are in that are still owed (`is_late`) and asks something to which a mere OK is
# no answer (`set_up`); and a command is cancelled only by who closes the link.
#
# CONNECT is the border between text and sound. Only a command sent with `stream` lets it count; `ModemReader` changes
# state in the very byte, so that sound in the same read is sound already. `end_stream` and `play_instead` first drop
# what still waits to be sent: that may take the second half of a <DLE> pair, and HARMLESS completes it.
#
# Lent to a borrower, what comes goes to it as it is, and no command may be sent here: a fax class is another language.
# Lent and taken back in command state only, so that no half line is left on either side.
#
# V.250 的应答没有编号，只能按次序对应，所以同时只有一条命令；超时后的迟到应答无法分辨，只能复位，不能重试。


class ModemLink(Protocol):
    """
    Wires a ModemReader to a port. Its transport is an IPort.

    `on_event`: rings, caller ID, keys, reports, ends of streams; `on_sound`: what comes in a stream; `on_lost`: once,
    with the reason; `on_bytes`: how many came, and whether sound flows, before they are looked at. What the first
    three raise is logged and harms nothing else. `line`: in the log, beside what is told of its modem.
    """

    def __init__(
        self,
        clock: IReactorTime,
        *,
        on_event: Callable[[ModemEvent], None],
        on_sound: Callable[[bytes], None],
        on_lost: Callable[[Exception], None],
        on_bytes: Callable[[int, bool], None] = lambda n_bytes, in_stream: None,
        line: str = "",
    ) -> None:
        self.line = line
        self._clock, self._on_event, self._on_sound, self._on_lost = clock, on_event, on_sound, on_lost
        self._on_bytes = on_bytes
        self._reader = ModemReader()
        self._in_flight: _InFlight | None = None
        self._borrower: IBorrower | None = None
        self._owed: deque[float] = deque()  # until when an answer that is late may still come, one a command
        self._text_s = float("-inf")  # when text came last
        self._unasked_n, self._unasked_since_s = 0, float("-inf")

    @property
    def in_stream(self) -> bool:
        """Sound flows."""
        return self._reader.in_stream

    def command(self, text: str, timeout_s: float = COMMAND_S, *, stream: bool = False) -> Deferred[Answer]:
        """
        Send one command; fires with its answer, fails with ModemStuck or ModemGone.

        :param stream: its CONNECT begins sound both ways
        :raises RuntimeError: the one before is not answered yet
        """
        return self._ask(text, text.encode("ascii") + b"\r", timeout_s, stream=stream)

    def end_stream(self, timeout_s: float = COMMAND_S) -> Deferred[Answer]:
        """Stop the sound and come back to command state."""
        self._port.forget_output()  # may cut a pair in two
        return self._ask("end of stream", HARMLESS + CLEAR_TRANSMIT + END_DUPLEX, timeout_s)

    def play(self, sound: bytes) -> None:
        """Sound to the line."""
        self._port.write(escape(sound))

    def n_unread(self) -> int:
        """Bytes the modem has sent that were not yet read, as far as the system knows."""
        return self._port.n_unread()

    def play_instead(self, sound: bytes) -> None:
        """Drop the sound on its way, in the computer and in the modem, for this; in one piece, or it would run dry."""
        self._port.forget_output()
        self._port.write(HARMLESS + CLEAR_TRANSMIT + escape(sound))

    def write(self, raw: bytes) -> None:
        """Bytes that are no command and get no answer."""
        if self.connected:
            self._port.write(raw)

    def lend(self, borrower: IBorrower) -> None:
        """What the modem says goes there until it is taken back; it says what it likes by `write`."""
        self._borrower = borrower

    def take_back(self) -> None:
        """Commands are answered again."""
        self._borrower = None

    def reset(self) -> None:
        """Take what comes next for text in command state."""
        self._reader = ModemReader()

    def is_late(self) -> bool:
        """Whether an answer that did not come in time may be on its way; no modem takes longer than COMMAND_S."""
        while self._owed and self._owed[0] <= self._clock.seconds():
            self._owed.popleft()
        return bool(self._owed)

    def silent_s(self) -> float:
        """For how long no text has come."""
        return self._clock.seconds() - self._text_s

    def raise_dtr(self, up: bool) -> None:
        """Data terminal ready."""
        if self.connected:
            self._port.raise_dtr(up)

    def abort(self, reason: Exception) -> None:
        """Close the port at once."""
        if self.connected:
            self._port.abort(reason)

    def dataReceived(self, data: bytes) -> None:
        lent = self._borrower is not None
        if not self.in_stream:
            self._text_s = self._clock.seconds()
        self._on_bytes(len(data), self.in_stream or lent)
        if self._borrower is not None:
            self._pass_on(data, self._borrower)
            return
        for found in self._reader.feed(data):
            if not self.connected:
                return  # closed over what came before
            try:
                if type(found) is bytes:
                    self._on_sound(found)
                elif isinstance(found, Final | Info):
                    self._said(found)
                else:
                    self._on_event(cast(ModemEvent, found))
            except Exception:
                log.failure("{line}: {found!r} could not be dealt with", line=self.line, found=found)

    def _pass_on(self, data: bytes, borrower: IBorrower) -> None:
        try:
            borrower.feed(data)
        except Exception as problem:
            log.failure("{line}: {n} bytes could not be dealt with", line=self.line, n=len(data))
            borrower.lost(ModemStuck("what the modem said could not be dealt with: {problem}", problem=problem))

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.connected = 0
        gone = ModemGone("the modem was unplugged")  # whatever the reason says: nobody here asked for it
        in_flight = self._take_in_flight()
        if in_flight is not None:
            in_flight.deferred.errback(gone)
        if self._borrower is not None:
            self._borrower.lost(gone)
        self._on_lost(gone)

    @property
    def _port(self) -> IPort:
        return cast(IPort, self.transport)

    def _ask(self, text: str, raw: bytes, timeout_s: float, *, stream: bool = False) -> Deferred[Answer]:
        if not self.connected:
            return fail(ModemGone("no modem"))
        if self._in_flight is not None or self._borrower is not None:
            under_way = self._in_flight.text if self._in_flight else "a fax"
            raise RuntimeError(f"{text} while {under_way} is not answered")
        deferred: Deferred[Answer] = Deferred(self._cancelled)
        timer = self._clock.callLater(timeout_s, self._time_out, timeout_s)
        self._in_flight = _InFlight(text, deferred, timer, self._clock.seconds() + COMMAND_S)
        self._reader.expect(raw.strip(), stream=stream)
        self._port.write(raw)
        return deferred

    def _said(self, line: Final | Info) -> None:
        if self._in_flight is None:
            self._unasked(line)
        elif isinstance(line, Final):
            in_flight = self._take_in_flight()
            assert in_flight is not None
            if self.is_late():  # perhaps the answer to that, and this one's comes later
                self._owed.popleft()
                self._owed.append(in_flight.late_s)
            in_flight.deferred.callback(Answer(line.text, in_flight.lines))
        elif len(self._in_flight.lines) < ANSWER_LINES_MAX:
            self._in_flight.lines.append(line.text)

    def _unasked(self, line: Final | Info) -> None:
        if isinstance(line, Final) and self._owed:
            self._owed.popleft()
        now_s = self._clock.seconds()
        if now_s - self._unasked_since_s >= LOGGED_SPAN_S:
            if self._unasked_n > LOGGED_MAX:
                log.debug(
                    "{line}: {n} words more that nobody asked for", line=self.line, n=self._unasked_n - LOGGED_MAX
                )
            self._unasked_n, self._unasked_since_s = 0, now_s
        self._unasked_n += 1
        if self._unasked_n <= LOGGED_MAX:
            log.debug("{line}: unasked for: {text}", line=self.line, text=line.text)

    def _time_out(self, timeout_s: float) -> None:
        silent = self._take_in_flight()
        if silent is not None:
            self._owed.append(silent.late_s)
            silent.deferred.errback(
                ModemStuck("no answer to {command} in {limit_s} s", command=silent.text, limit_s=f"{timeout_s:g}")
            )

    def _cancelled(self, deferred: Deferred[Answer]) -> None:
        self._take_in_flight()

    def _take_in_flight(self) -> _InFlight | None:
        """Nothing is in flight any more; what was, its timer stopped."""
        landed, self._in_flight = self._in_flight, None
        if landed is not None and landed.timer.active():
            landed.timer.cancel()
        return landed
