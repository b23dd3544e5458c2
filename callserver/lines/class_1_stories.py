"""What each wish of T.30 is in Class 1 commands, told one step after the other."""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from enum import Enum, auto

from callserver.fax.signals import (
    Asked,
    FaxTone,
    FlagsHeard,
    FrameHeard,
    FramesOver,
    Heard,
    ImageHeard,
    ImageOver,
    Listen,
    SendFrames,
    SendImage,
    SendTone,
    Sent,
    Trained,
)
from callserver.lines.link import ModemStuck
from callserver.modem import class_1
from callserver.modem.class_1 import Class1Event, Class1Reader
from callserver.modem.dle import escape
from callserver.modem.results import Final, Info

PAUSE_MS = 70  # with the turns of the commands about 75 +- 20 (T.30, clause 5.3)
PAUSE_LIMIT_S = 1.0  # a line too noisy ever to be silent
CNG_CYCLE_S = 3.5
LEAD_S = 0.4  # octets ahead of the line: 720 at 14400 bit/s, where a modem holds 1000 to 2000
STEP_S = 0.05
PIECE_OCTETS = 64  # of an image, made as they are due
ANSWER_S = 5.0
ANSWER_TONE_S = 15.0  # ATA: off hook, silence, at most 4 s of tone
PLAYED_OUT_S = 15.0  # what a modem holds, at 2400 bit/s
V21_SHOWS_S = 0.25  # flags that are there are recognised so soon
REFUSALS_MAX = 3
V21_BIT_S = 300
FINAL_FRAME = 0x10  # in the control octet, the second

CONNECT, OK, ERROR = "CONNECT", "OK", "ERROR"
CNG, CED = SendTone(FaxTone.CNG), SendTone(FaxTone.CED)

Event = bytes | Class1Event | None  # None: the time has come that was waited for
Story = Generator[None, Event, None]
Answer = Generator[None, Event, str]


class UnderWay(Enum):
    """What the command that the modem is at does on the line, and so how it is broken off."""

    NOTHING = auto()  # command state
    LISTENS = auto()  # receives, or waits for silence: by any character
    ANSWERS = auto()  # the answer tone: by any character, before it is over
    SENDS = auto()  # has not said CONNECT yet: not at all
    TAKES = auto()  # has said it: by the end of the data


# After the last frame of a burst the far end's flags are there for a while, and a modem without +FAR may say +FCERROR
# to an image awaited then, as it does when V.21 has come in the image's place. Asking for V.21 for a moment shows which
# it was.
#
# Time: the line has the modem's crystal, not ours. Octets go LEAD_S ahead at the line's rate and are held by XOFF; time
# that was held is not made up for, or the modem would overflow when it says XON. 50 ppm are 3 ms in a minute.


class Stories:
    """
    Each story is a generator; `yield` waits for what the modem says next, or for `next_deadline_s`.

    `told`: what T.30 is to be told; `under_way`: how the command that the modem is at can be broken off
    `now_s`, `holds` (XOFF): kept up to date from outside; `cycle_s`: when this CNG and its silence are over
    """

    def __init__(self, reader: Class1Reader, on_bytes: Callable[[bytes], None]) -> None:
        self._reader, self._on_bytes = reader, on_bytes
        self.now_s = 0.0
        self.next_deadline_s: float | None = None
        self.told: deque[Heard] = deque()
        self.under_way, self._command_said = UnderWay.NOTHING, ""
        self.holds = False
        self.cycle_s: float | None = None
        self._heard_last = False  # on the line: the far end was, and we were not
        self._calls = True  # it knows ATD in a call
        self._v21_instead = False
        self._n_refusals = 0

    def of(self, wish: Asked) -> Story:
        """From command state until it is done, or over."""
        if isinstance(wish, SendFrames):
            return self._send_frames(wish)
        if isinstance(wish, SendImage):
            return self._send_image(wish)
        if isinstance(wish, Listen):
            return self._listen(wish)
        return self._answer() if wish == CED else self._call()

    def _answer(self) -> Story:
        """CED; then the modem waits for frames."""
        result = yield from self._command(class_1.ANSWER, UnderWay.ANSWERS, ANSWER_TONE_S)
        self.told.append(Sent())  # without the tone if it refuses: many a fax machine sends none
        self._heard_last = False
        if result == CONNECT:
            self.under_way = UnderWay.TAKES
            yield from self._result(None)

    def _call(self) -> Story:
        """CNG, and what comes in between."""
        self.cycle_s = self.now_s + CNG_CYCLE_S
        if self._calls:
            if (yield from self._reception(class_1.CALL)) == CONNECT:
                yield from self._burst()
                return
            self._calls = False  # it does not know this in a call, or does it no longer
        yield from self._listen_to_frames(None)

    def _listen(self, wish: Listen) -> Story:
        if wish.image is None:
            yield from self._listen_to_frames(None)
            return
        result = yield from self._reception(class_1.receive_image(wish.image.class_1(short=wish.short)))
        if result == CONNECT and self._v21_instead:
            yield from self._burst()
        elif result == CONNECT:
            yield from self._image()
        elif result == class_1.WRONG_CARRIER:
            yield from self._listen_to_frames(V21_SHOWS_S)

    def _listen_to_frames(self, limit_s: float | None) -> Story:
        if (yield from self._reception(class_1.RECEIVE_FRAME, limit_s)) == CONNECT:
            yield from self._burst()

    def _burst(self) -> Story:
        """From the first CONNECT to the last frame, or the end of the carrier."""
        self._heard_last, self.cycle_s = True, None
        self.told.append(FlagsHeard())
        result = CONNECT
        while result == CONNECT:
            octets = yield from self._data(class_1.FRAME_OCTETS_MAX)
            good = (yield from self._result(ANSWER_S)) == OK
            self.told.append(FrameHeard(octets[: -class_1.FCS_OCTETS], good))
            if good and octets[1:2] and octets[1] & FINAL_FRAME:
                break
            result = yield from self._reception(class_1.RECEIVE_FRAME)
        self.told.append(FramesOver())

    def _image(self) -> Story:
        self._heard_last = True
        self.told.append(Trained())
        while isinstance(piece := (yield from self._next(None)), bytes):
            self.told.append(ImageHeard(piece))
        yield from self._result(ANSWER_S)
        self.told.append(ImageOver())

    def _send_frames(self, wish: SendFrames) -> Story:
        result = CONNECT
        if self.under_way is UnderWay.NOTHING:
            yield from self._pause()
            result = yield from self._command(class_1.SEND_FRAMES, UnderWay.SENDS)
        for frame in wish.frames:
            if result != CONNECT:
                break
            self.under_way = UnderWay.TAKES
            self._on_bytes(class_1.frame(frame))
            result = yield from self._result(ANSWER_S + len(frame) * 10 / V21_BIT_S)
        if result == CONNECT:
            yield from self._end_data()
        self._sent()

    def _send_image(self, wish: SendImage) -> Story:
        yield from self._pause()
        command = class_1.send_image(wish.modulation.class_1(short=wish.short))
        result = yield from self._command(command, UnderWay.SENDS)
        if result == OK:  # some modems do so the first time
            result = yield from self._command(command, UnderWay.SENDS)
        if result == CONNECT:
            self.under_way, self.holds = UnderWay.TAKES, False
            yield from self._feed(wish.pieces(PIECE_OCTETS), wish.modulation.bit_rate / 8)
        self._sent()

    def _feed(self, pieces: Iterator[bytes], octets_a_s: float) -> Story:
        """All of it, in time; less if the modem ends it."""
        made, credit, since_s = b"", LEAD_S * octets_a_s, self.now_s
        while made or (made := next(pieces, b"")):
            taken = 0 if self.holds else int(credit)
            while len(made) < taken and (more := next(pieces, b"")):
                made += more
            if taken:
                self._on_bytes(escape(made[:taken]))
            made, credit = made[taken:], credit - taken
            if isinstance((yield from self._next(self.now_s + STEP_S)), Final):
                self.under_way = UnderWay.NOTHING
                return
            credit += 0 if self.holds else (self.now_s - since_s) * octets_a_s
            since_s = self.now_s
        yield from self._end_data()

    def _end_data(self) -> Story:
        self._on_bytes(class_1.END_OF_DATA)
        yield from self._result(PLAYED_OUT_S)

    def _sent(self) -> None:
        """Also what the modem refused: T.30 takes it for lost on the line, and has its own limits."""
        self._heard_last = False
        self.told.append(Sent())

    def _pause(self) -> Story:
        """The line is silent for a moment before we speak."""
        if not self._heard_last:
            yield from self._command(class_1.keep_silent(PAUSE_MS), UnderWay.SENDS)
            return
        self._say(class_1.await_silence(PAUSE_MS), UnderWay.LISTENS)
        if (yield from self._result(PAUSE_LIMIT_S, strict=False)) == "":
            yield from self.rest()

    def rest(self) -> Story:
        """Back to command state, from whatever is under way."""
        if self.under_way in (UnderWay.LISTENS, UnderWay.ANSWERS):
            self._on_bytes(class_1.BREAK_OFF)
        while self.under_way is not UnderWay.NOTHING:
            if self.under_way is UnderWay.TAKES:
                self._on_bytes(class_1.END_OF_DATA)
            receives = self.under_way is UnderWay.LISTENS
            if (yield from self._result(PLAYED_OUT_S)) == CONNECT and not receives:
                self.under_way = UnderWay.TAKES

    # One thing of a story

    def _say(self, command: str, under_way: UnderWay, *, data: bool = False) -> None:
        self.under_way, self._command_said = under_way, command
        self._reader.expect(command, data=data)
        self._on_bytes(command.encode("ascii") + b"\r")

    def _command(self, command: str, under_way: UnderWay, limit_s: float = ANSWER_S) -> Answer:
        self._say(command, under_way)
        return (yield from self._result(limit_s))

    def _reception(self, command: str, limit_s: float | None = None) -> Answer:
        """The result of a command that receives; "" if nothing came within the limit, and it was broken off."""
        self._v21_instead = False
        self._say(command, UnderWay.LISTENS, data=True)
        until_s = None if limit_s is None else self.now_s + limit_s
        result = None
        while result is None:
            event = yield from self._next(until_s or self.cycle_s)
            if event is None and until_s is not None:
                yield from self.rest()
                return ""
            if event is None:
                self.cycle_s = None
                self.told.append(Sent())  # this CNG
            elif event == Info(class_1.V21_INSTEAD):
                self._v21_instead = True
            elif isinstance(event, Final):
                result = self._take(event)
        self._count_refusals(result)
        return result

    def _result(self, limit_s: float | None, *, strict: bool = True) -> Answer:
        """The next result; "" when it does not come in time, or `ModemStuck` if that is strict."""
        until_s = None if limit_s is None else self.now_s + limit_s
        while True:
            event = yield from self._next(until_s)
            if isinstance(event, Final):
                return self._take(event)
            if event is None and strict:
                raise ModemStuck(
                    "no answer to {command} in {limit_s} s", command=self._command_said, limit_s=f"{limit_s:g}"
                )
            if event is None:
                return ""

    def _take(self, final: Final) -> str:
        if final.text != CONNECT:
            self.under_way = UnderWay.NOTHING
        return final.text

    def _count_refusals(self, result: str) -> None:
        self._n_refusals = self._n_refusals + 1 if result == ERROR else 0
        if self._n_refusals == REFUSALS_MAX:
            raise ModemStuck("the modem refuses to listen")

    def _data(self, most: int) -> Generator[None, Event, bytes]:
        """All the data to their end; of what is longer the beginning."""
        octets = b""
        while isinstance(piece := (yield from self._next(None)), bytes):
            octets += piece[: most - len(octets)]
        return octets

    def _next(self, until_s: float | None) -> Generator[None, Event, Event]:
        """What the modem says next, or None at this time."""
        self.next_deadline_s = until_s
        event = yield
        self.next_deadline_s = None
        return event
