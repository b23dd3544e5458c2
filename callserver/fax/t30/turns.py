"""
Taking turns on a half-duplex line: we say something, one signal after another, then we listen.

Invariants:

- At any moment one of two holds: something is being sent, and then only `Sent` counts (but for CNG, in whose pauses the
  far end may speak: that breaks it off), or we listen.
- In both there is exactly one deadline. So whatever the far end and the modem do or do not do, the listener gets a next
  event within a bounded time, until it ends the session with `stop`.
- Frames of one burst are told together, when the burst is over: an answer before that would collide. A burst in which
  no last frame was understood is told as garbled, and only 200 ms later: perhaps it was a DCS, whose TCF follows.
- After each burst and each image the wait begins anew, unless the listener said something: a far end that says what
  nobody expects is listened to further.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from callserver.fax import signals as s
from callserver.fax.t30.described import described, described_frame
from callserver.fax.t30.frames import LAST, Frame
from callserver.fax.t30.timers import DROPPED_S, FLAGGED_S, IMAGE_STALLS_S, SENDING_MARGIN_S
from callserver.fax.t30.trace import Side, Trace

V21_RATE = 300
MAX_FRAMES_A_BURST = 32
Sending = s.SendTone | s.SendFrames | s.SendImage


class Listener(Protocol):
    """Who takes the turns."""

    def signal(self, tone: s.FaxTone | None = None) -> None:
        """The far end is there: this tone, or flags."""

    def message(self, frames: list[Frame]) -> None:
        """A whole burst, of which the last frame was understood; those nobody knows are left out."""

    def garbled(self) -> None: ...
    def silence(self) -> None:
        """Nothing came within the wait."""

    def trained(self) -> None: ...
    def image(self, octets: bytes) -> None: ...
    def image_over(self) -> None: ...
    def modem_silent(self) -> None:
        """The modem below has not said `Sent` in any reasonable time."""


class Turns:
    """`on_ask` reaches the modem below; `now_s` is kept up to date by the terminal, before each thing that happens."""

    def __init__(self, on_ask: Callable[[s.Asked], None], listener: Listener, trace: Trace) -> None:
        self._on_ask, self._listener, self._trace = on_ask, listener, trace
        self._to_send: deque[Sending] = deque()
        self._sending: Sending | None = None
        self._listen, self._wait_s = s.Listen(), 0.0
        self._burst: list[s.FrameHeard] = []
        self._in_image = False
        self.now_s = 0.0
        self._due: Callable[[], None] = self._silence
        self.next_deadline_s: float | None = None

    def say(self, *signals: Sending, listen: s.Listen | None = None, wait_s: float) -> None:
        """Send these one after another, then listen and wait."""
        self._listen, self._wait_s = listen or s.Listen(), wait_s
        self._forget_what_was_heard()
        if self._sending is not None:
            self._on_ask(s.Listen())  # breaks it off
        self._to_send = deque(signals)
        self._send_next()

    def listen(self, listen: s.Listen, wait_s: float) -> None:
        """Listen and wait; what is being sent is broken off."""
        self._listen, self._wait_s = listen, wait_s
        self._to_send.clear()
        self._forget_what_was_heard()
        self._send_next()

    def wait(self, wait_s: float) -> None:
        """Listen on as before, but for so long from now, or from the end of the burst that is being heard."""
        self._wait_s = wait_s
        if self._due == self._silence:
            self._heard_something(wait_s, self._silence)

    def stop(self) -> None:
        """Nothing is awaited any more."""
        self._to_send.clear()
        self._sending, self.next_deadline_s = None, None

    def feed(self, heard: s.Heard) -> None:
        """What the modem below has heard or done."""
        if self._sending is not None and not self._is_broken_off_by(heard):
            if isinstance(heard, s.Sent):
                self._send_next()
            return
        match heard:
            case s.ToneHeard(tone):
                self._trace.add(Side.FAR, tone.name)
                self._listener.signal(tone)
            case s.FlagsHeard() | s.FrameHeard():
                self._image_ends()
                if self._sending is None:  # else the end of the image was answered
                    self._of_burst(heard)
            case s.FramesOver():
                self._burst_over()
            case s.Trained() | s.ImageHeard():
                self._image(heard)
            case s.ImageOver():
                self._in_image = True  # also when nothing of it was understood
                self._image_ends()

    def on_time(self) -> None:
        """The clock has come as far as `now_s`."""
        while self.next_deadline_s is not None and self.next_deadline_s <= self.now_s:
            self.next_deadline_s = None
            self._due()

    def _is_broken_off_by(self, heard: s.Heard) -> bool:
        """In the three seconds after CNG the far end may answer."""
        if self._sending != s.SendTone(s.FaxTone.CNG) or isinstance(heard, s.Sent):
            return False
        self.listen(self._listen, self._wait_s)
        return True

    def _send_next(self) -> None:
        if self._to_send:
            self._sending = self._to_send.popleft()
            self._heard_something(_bound_s(self._sending), self._modem_silent)
            self._trace.add(Side.US, described(self._sending))
            self._on_ask(self._sending)
        else:
            self._sending = None
            self._heard_something(self._wait_s, self._silence)
            self._on_ask(self._listen)

    def _of_burst(self, heard: s.FlagsHeard | s.FrameHeard) -> None:
        self._heard_something(FLAGGED_S, self._burst_over)
        if isinstance(heard, s.FlagsHeard):
            self._listener.signal()
        elif len(self._burst) < MAX_FRAMES_A_BURST:
            self._burst.append(heard)

    def _burst_over(self) -> None:
        burst, self._burst = self._burst, []
        frames = [Frame.parse(one.octets) for one in burst if one.good]
        for one, frame in zip((one for one in burst if one.good), frames, strict=True):
            self._trace.add(Side.FAR, described_frame(one.octets, frame))
        if not burst or not burst[-1].good or burst[-1].octets[1:2] != bytes((LAST,)):
            self._trace.note("not understood")
            self._heard_something(DROPPED_S, self._garbled)
            return
        self._heard_something(self._wait_s, self._silence)
        self._listener.message([frame for frame in frames if frame])

    def _image(self, heard: s.Trained | s.ImageHeard) -> None:
        self._in_image = True
        self._heard_something(IMAGE_STALLS_S, self._image_ends)
        if isinstance(heard, s.ImageHeard):
            self._listener.image(heard.octets)
        else:
            self._trace.add(Side.FAR, "trained")
            self._listener.trained()

    def _image_ends(self) -> None:
        if self._in_image:
            self._in_image = False
            self._trace.add(Side.FAR, "end of the image")
            self._heard_something(self._wait_s, self._silence)
            self._listener.image_over()

    def _heard_something(self, wait_s: float, due: Callable[[], None]) -> None:
        self.next_deadline_s, self._due = self.now_s + wait_s, due

    def _forget_what_was_heard(self) -> None:
        self._burst, self._in_image = [], False

    def _silence(self) -> None:
        self._heard_something(self._wait_s, self._silence)
        self._listener.silence()

    def _garbled(self) -> None:
        self._heard_something(self._wait_s, self._silence)
        self._listener.garbled()

    def _modem_silent(self) -> None:
        self._trace.note("the modem does not say that it has sent")
        self._listener.modem_silent()


def _bound_s(sending: Sending) -> float:
    match sending:
        case s.SendFrames(frames):
            return sum(len(frame) + 4 for frame in frames) * 10 / V21_RATE + SENDING_MARGIN_S
        case s.SendImage(modulation, _, octets):
            return len(octets) * 8 / modulation.bit_rate * 1.01 + SENDING_MARGIN_S
        case s.SendTone():
            return SENDING_MARGIN_S
