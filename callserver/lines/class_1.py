"""The signals of a fax by a modem's Class 1 commands: what T.30 asks in, bytes for the modem out, and back."""

from collections import deque
from collections.abc import Callable, Generator
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
from callserver.modem.class_1 import Class1Event, Class1Reader, Flow
from callserver.modem.dle import escape
from callserver.modem.results import Final, Info

PAUSE_MS = 70  # with the turns of the commands about 75 +- 20 (T.30, clause 5.3)
PAUSE_LIMIT_S = 1.0  # a line too noisy ever to be silent
CNG_CYCLE_S = 3.5
LEAD_S = 0.4  # octets ahead of the line: 720 at 14400 bit/s, where a modem holds 1000 to 2000
STEP_S = 0.05
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


class _UnderWay(Enum):
    """What the command that the modem is at does on the line, and so how it is broken off."""

    NOTHING = auto()  # command state
    LISTENS = auto()  # receives, or waits for silence: by any character
    ANSWERS = auto()  # the answer tone: by any character, before it is over
    SENDS = auto()  # has not said CONNECT yet: not at all
    TAKES = auto()  # has said it: by the end of the data


# One command is under way at a time, and a story (a generator) tells what follows what; each `yield` waits for one
# thing that the modem says, or for a deadline. `_pump` does one thing after the other, always the first of these that
# there is: tell T.30 what was heard; bring the modem back to command state when T.30 wishes something new (`_rest`);
# give the story the next event; begin what is wished, or listen on. So T.30 may ask from within what it is told, before
# the next command is chosen, and no story is ever entered twice.
#
# Races. A character that breaks off may cross the result that was to come anyway: in command state it is nothing, and
# the first result that comes ends the command, whichever it is. A CONNECT may cross it: data begin then, which the
# modem ends by itself. A command that sends is never broken off before its CONNECT, which comes at once: else the end
# of data would stand in a command line. A wish may change while `_rest` runs: the latest is begun.
#
# After the last frame of a burst the far end's flags are there for a while, and a modem without +FAR may say +FCERROR
# to an image awaited then, as it does when V.21 has come in the image's place. Asking for V.21 for a moment shows which
# it was.
#
# Time: the line has the modem's crystal, not ours. Octets go LEAD_S ahead at the line's rate and are held by XOFF; time
# that was held is not made up for, or the modem would overflow when it says XON. 50 ppm are 3 ms in a minute.
#
# 一次只有一条命令在进行；先告诉 T.30，再看它的新要求，最后才读下一个事件，因此叙述不会被重入。


class Class1Fax:
    """
    The modem below T.30 (see `callserver.fax.signals`), in a call, its modem in +FCLASS=1 and in command state.

    :param on_bytes: for the modem
    :param on_heard: for T.30, which may ask from within
    :param on_rest: after `end`: the modem is in command state
    :param on_stuck: why it is to be reset; nothing more is done
    `next_deadline_s`: when `on_time` is to be called at the latest; None: not by itself
    """

    def __init__(
        self,
        *,
        on_bytes: Callable[[bytes], None],
        on_heard: Callable[[Heard], None],
        on_rest: Callable[[], None],
        on_stuck: Callable[[ModemStuck], None],
    ) -> None:
        self._on_bytes, self._on_heard, self._on_rest, self._on_stuck = on_bytes, on_heard, on_rest, on_stuck
        self._reader = Class1Reader()
        self.next_deadline_s: float | None = None
        self._now_s = 0.0
        self._events: deque[Event] = deque()
        self._told: deque[Heard] = deque()
        self._wish: Asked | None = None  # not yet begun
        self._at: Asked | None = None  # whose story it is; None while at rest or on the way there
        self._story: Story | None = None
        self._under_way, self._command_said = _UnderWay.NOTHING, ""
        self._pumping = self._ending = self._over = False
        self._heard_last = False  # on the line: the far end was, and we were not
        self._holds = False  # XOFF
        self._cycle_s: float | None = None  # when this CNG and its silence are over
        self._calls = True  # it knows ATD in a call
        self._v21_instead = False
        self._n_refusals = 0

    def asked(self, asked: Asked, now_s: float) -> None:
        """What T.30 wants now; what it wanted before is broken off."""
        self._now_s = now_s
        if not self._ending and not self._goes_on(asked):
            self._wish = asked
            self._pump()

    def feed(self, data: bytes, now_s: float) -> None:
        """What the modem says."""
        self._now_s = now_s
        for event in self._reader.feed(data):
            if isinstance(event, Flow):
                self._holds = not event.takes_more
            else:
                self._events.append(event)
        self._pump()

    def on_time(self, now_s: float) -> None:
        """Time has passed."""
        self._now_s = now_s
        if self.next_deadline_s is not None and now_s >= self.next_deadline_s:
            self.next_deadline_s = None
            self._events.append(None)
        self._pump()

    def end(self, now_s: float) -> None:
        """Back to command state from whatever is under way; nothing more is told of the line."""
        self._now_s, self._ending = now_s, True
        self._pump()

    # What is done next

    def _pump(self) -> None:
        if self._pumping or self._over:
            return
        self._pumping = True
        try:
            while self._one_thing():
                pass
        except ModemStuck as stuck:
            self._over, self.next_deadline_s = True, None
            self._on_stuck(stuck)
        finally:
            self._pumping = False

    def _one_thing(self) -> bool:
        """Do it; false if there is nothing to do."""
        if self._told:
            heard = self._told.popleft()
            if not self._ending:
                self._on_heard(heard)
        elif self._is_to_break_off():
            self._begin(None, self._rest())
        elif self._story is not None and not self._frames_follow():
            if not self._events:
                return False
            self._advance(self._events.popleft())
        elif self._ending:
            self._over, self.next_deadline_s = True, None
            self._on_rest()
            return False
        else:
            return self._begin_wish()
        return True

    def _is_to_break_off(self) -> bool:
        resting = self._story is not None and self._at is None
        wanted = self._ending or (self._wish is not None and not self._frames_follow())
        return wanted and not resting and self._under_way is not _UnderWay.NOTHING

    def _frames_follow(self) -> bool:
        """The answer tone is over, the modem waits for frames, and there are some."""
        return self._at == CED and self._under_way is _UnderWay.TAKES and isinstance(self._wish, SendFrames)

    def _goes_on(self, asked: Asked) -> bool:
        """Whether what is under way is what is asked."""
        if self._wish is not None or self._story is None or self._at is None:
            return False
        if self._at == CNG and asked == CNG:
            self._cycle_s = self.next_deadline_s = self._now_s + CNG_CYCLE_S
            return True
        if asked == Listen() and self._at in (CNG, Listen()):
            self._at, self._cycle_s, self.next_deadline_s = asked, None, None
            return True
        return isinstance(asked, Listen) and asked == self._at

    def _begin_wish(self) -> bool:
        listens_on = self._at if isinstance(self._at, Listen) else None
        wish, self._wish = self._wish or listens_on, None
        if wish is None:
            self._at = None
            self._events.clear()  # said unasked
            return False
        self._begin(wish, self._story_of(wish))
        return True

    def _begin(self, at: Asked | None, story: Story) -> None:
        self._at, self._story = at, story
        self.next_deadline_s = None
        self._advance(None)

    def _advance(self, event: Event) -> None:
        assert self._story is not None
        try:
            self._story.send(event)
        except StopIteration:
            self._story, self.next_deadline_s = None, None

    def _story_of(self, wish: Asked) -> Story:
        if isinstance(wish, SendFrames):
            return self._send_frames(wish)
        if isinstance(wish, SendImage):
            return self._send_image(wish)
        if isinstance(wish, Listen):
            return self._listen(wish)
        return self._answer() if wish == CED else self._call()

    # Stories

    def _answer(self) -> Story:
        """CED; then the modem waits for frames."""
        result = yield from self._command(class_1.ANSWER, _UnderWay.ANSWERS, ANSWER_TONE_S)
        self._told.append(Sent())  # without the tone if it refuses: many a fax machine sends none
        self._heard_last = False
        if result == CONNECT:
            self._under_way = _UnderWay.TAKES
            yield from self._result(None)

    def _call(self) -> Story:
        """CNG, and what comes in between."""
        self._cycle_s = self._now_s + CNG_CYCLE_S
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
        self._heard_last, self._cycle_s = True, None
        self._told.append(FlagsHeard())
        result = CONNECT
        while result == CONNECT:
            octets = yield from self._data(class_1.FRAME_OCTETS_MAX)
            good = (yield from self._result(ANSWER_S)) == OK
            self._told.append(FrameHeard(octets[: -class_1.FCS_OCTETS], good))
            if good and octets[1:2] and octets[1] & FINAL_FRAME:
                break
            result = yield from self._reception(class_1.RECEIVE_FRAME)
        self._told.append(FramesOver())

    def _image(self) -> Story:
        self._heard_last = True
        self._told.append(Trained())
        while isinstance(piece := (yield from self._next(None)), bytes):
            self._told.append(ImageHeard(piece))
        yield from self._result(ANSWER_S)
        self._told.append(ImageOver())

    def _send_frames(self, wish: SendFrames) -> Story:
        result = CONNECT
        if self._under_way is _UnderWay.NOTHING:
            yield from self._pause()
            result = yield from self._command(class_1.SEND_FRAMES, _UnderWay.SENDS)
        for frame in wish.frames:
            if result != CONNECT:
                break
            self._under_way = _UnderWay.TAKES
            self._on_bytes(class_1.frame(frame))
            result = yield from self._result(ANSWER_S + len(frame) * 10 / V21_BIT_S)
        if result == CONNECT:
            yield from self._end_data()
        self._sent()

    def _send_image(self, wish: SendImage) -> Story:
        yield from self._pause()
        command = class_1.send_image(wish.modulation.class_1(short=wish.short))
        result = yield from self._command(command, _UnderWay.SENDS)
        if result == OK:  # some modems do so the first time
            result = yield from self._command(command, _UnderWay.SENDS)
        if result == CONNECT:
            self._under_way, self._holds = _UnderWay.TAKES, False
            yield from self._feed(wish.octets, wish.modulation.bit_rate / 8)
        self._sent()

    def _feed(self, octets: bytes, octets_a_s: float) -> Story:
        """All of it, in time; less if the modem ends it."""
        at, credit, since_s = 0, LEAD_S * octets_a_s, self._now_s
        while at < len(octets):
            taken = 0 if self._holds else int(credit)
            if taken:
                self._on_bytes(escape(octets[at : at + taken]))
            at, credit = at + taken, credit - taken
            if isinstance((yield from self._next(self._now_s + STEP_S)), Final):
                self._under_way = _UnderWay.NOTHING
                return
            credit += 0 if self._holds else (self._now_s - since_s) * octets_a_s
            since_s = self._now_s
        yield from self._end_data()

    def _end_data(self) -> Story:
        self._on_bytes(class_1.END_OF_DATA)
        yield from self._result(PLAYED_OUT_S)

    def _sent(self) -> None:
        """Also what the modem refused: T.30 takes it for lost on the line, and has its own limits."""
        self._heard_last = False
        self._told.append(Sent())

    def _pause(self) -> Story:
        """The line is silent for a moment before we speak."""
        if not self._heard_last:
            yield from self._command(class_1.keep_silent(PAUSE_MS), _UnderWay.SENDS)
            return
        self._say(class_1.await_silence(PAUSE_MS), _UnderWay.LISTENS)
        if (yield from self._result(PAUSE_LIMIT_S, strict=False)) == "":
            yield from self._rest()

    def _rest(self) -> Story:
        """Command state, from whatever is under way."""
        if self._under_way in (_UnderWay.LISTENS, _UnderWay.ANSWERS):
            self._on_bytes(class_1.BREAK_OFF)
        while self._under_way is not _UnderWay.NOTHING:
            if self._under_way is _UnderWay.TAKES:
                self._on_bytes(class_1.END_OF_DATA)
            receives = self._under_way is _UnderWay.LISTENS
            if (yield from self._result(PLAYED_OUT_S)) == CONNECT and not receives:
                self._under_way = _UnderWay.TAKES

    # One thing of a story

    def _say(self, command: str, under_way: _UnderWay, *, data: bool = False) -> None:
        self._under_way, self._command_said = under_way, command
        self._reader.expect(command, data=data)
        self._on_bytes(command.encode("ascii") + b"\r")

    def _command(self, command: str, under_way: _UnderWay, limit_s: float = ANSWER_S) -> Answer:
        self._say(command, under_way)
        return (yield from self._result(limit_s))

    def _reception(self, command: str, limit_s: float | None = None) -> Answer:
        """The result of a command that receives; "" if nothing came within the limit, and it was broken off."""
        self._v21_instead = False
        self._say(command, _UnderWay.LISTENS, data=True)
        until_s = None if limit_s is None else self._now_s + limit_s
        result = None
        while result is None:
            event = yield from self._next(until_s or self._cycle_s)
            if event is None and until_s is not None:
                yield from self._rest()
                return ""
            if event is None:
                self._cycle_s = None
                self._told.append(Sent())  # this CNG
            elif event == Info(class_1.V21_INSTEAD):
                self._v21_instead = True
            elif isinstance(event, Final):
                result = self._take(event)
        self._count_refusals(result)
        return result

    def _result(self, limit_s: float | None, *, strict: bool = True) -> Answer:
        """The next result; "" when it does not come in time, or `ModemStuck` if that is strict."""
        until_s = None if limit_s is None else self._now_s + limit_s
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
            self._under_way = _UnderWay.NOTHING
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
