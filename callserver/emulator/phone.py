"""A subscriber's telephone: hook switch, keypad, handset, ringer."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime

from callserver.dsp.frames import FloatArray
from callserver.dsp.tones import dtmf
from callserver.emulator.handset import HandsetRecording, Transmitter, is_sound
from callserver.emulator.loop import CallerId, CallProgress, SubscriberLine, SubscriberStage

KEY_MS, PAUSE_MS = 100.0, 100.0


def ignored(_: object) -> None:
    """Of no interest to this listener."""


@dataclass(frozen=True, eq=False)
class PhoneListener:
    """
    What one user of a telephone is told; several may use it at the same time.

    :param on_sound: each block heard, shape (160,), valid until the next
    :param on_progress: what the network tells
    :param on_ringing: whether ringing current flows, when it begins or stops
    """

    on_sound: Callable[[FloatArray], None] = ignored
    on_progress: Callable[[CallProgress], None] = ignored
    on_ringing: Callable[[bool], None] = ignored


class Phone:
    """
    A telephone that a script or a person uses. It knows what its network tells it (`line.stage`) and what it hears.

    `sounded_s`: when it last heard a sound, and `tones`: when each tone was last heard, on the exchange's time.
    `hears_signals`: tones are named for it; not needed by who only listens for sound and silence.
    `said`: what it says in the block that is heard now.
    """

    def __init__(self, line: SubscriberLine, time: IReactorTime) -> None:
        self.line, self.time, self.transmitter = line, time, Transmitter()
        self.hears_signals = True
        self.taken = False  # by a program, as long as that runs
        self.sounded_s = -1.0
        self.tones: dict[str, float] = {}
        self.caller: CallerId | None = None  # of the latest call to here
        self.ending: CallProgress | None = None  # why the latest call from here came to nothing, or GONE
        self._listeners: tuple[PhoneListener, ...] = ()
        self.said: FloatArray | None = None
        self._recording: HandsetRecording | None = None
        self._waiters: list[tuple[Callable[[], bool], Deferred[None]]] = []
        line.terminal = self

    def attach(self, listener: PhoneListener) -> None:
        """Tell this one too, from now on."""
        self._listeners = (*self._listeners, listener)

    def detach(self, listener: PhoneListener) -> None:
        """Tell it no more; harmless when it was not attached."""
        self._listeners = tuple(each for each in self._listeners if each is not listener)

    @property
    def in_use(self) -> bool:
        """Somebody has opened it as his, or it is off hook."""
        return self.taken or self.stage is not SubscriberStage.ON_HOOK

    def lift(self) -> None:
        """Off hook: answers, or gets dial tone."""
        self.line.lift()

    def dial(self, number: str) -> None:
        """Ask the network for a number in one piece, as a mobile telephone does."""
        self.ending = None
        self.tones.clear()
        self.line.dial(number)

    def press(self, keys: str) -> Deferred[None]:
        """
        Press keys, 100 ms each; fires when the last is released.

        :raises ValueError: for anything but 0-9, *, #, A-D
        """
        return self.say(dtmf(keys, KEY_MS, PAUSE_MS))

    def say(self, samples: FloatArray) -> Deferred[None]:
        """Speak, shape (n,), after what is being said; fires when all is said, also if hanging up cut it short."""
        self.transmitter.feed(samples)
        return self.when(lambda: self.transmitter.is_empty)

    def hang_up(self) -> None:
        """On hook; what was not yet said is not said."""
        self.transmitter.clear()
        self.line.hang_up()

    def when(self, condition: Callable[[], bool]) -> Deferred[None]:
        """Fires as soon as this is so, looked at every 20 ms; cancel it to stop looking."""
        if condition():
            return succeed(None)
        fired: Deferred[None] = Deferred(self._forget)
        self._waiters.append((condition, fired))
        return fired

    def record(self, path: Path) -> None:
        """From now, while off hook, keep both sides of its calls: left heard, right said."""
        self.stop_recording()
        self._recording = HandsetRecording(path)

    def stop_recording(self) -> None:
        """The file is whole; harmless when none is kept."""
        if self._recording:
            self._recording.close()
        self._recording = None

    def read_sound(self) -> FloatArray | None:
        self.said = self.transmitter.read()
        return self.said

    def feed_sound(self, block: FloatArray | None) -> None:
        if block is not None:
            if is_sound(block):
                self.sounded_s = self.time.seconds()
            for listener in self._listeners:
                listener.on_sound(block)
            if self._recording:
                self._recording.feed(block, self.said)
        if self._waiters:
            self._look()

    def key_heard(self, key: str, down: bool) -> None: ...

    def tone_heard(self, tone: str) -> None:
        self.tones[tone] = self.time.seconds()

    def ringing(self, on: bool) -> None:
        for listener in self._listeners:
            listener.on_ringing(on)

    def caller_id(self, caller: CallerId) -> None:
        self.caller = caller

    def progress(self, progress: CallProgress) -> None:
        if progress not in (CallProgress.RINGBACK, CallProgress.ANSWERED):
            self.ending = progress
        for listener in self._listeners:
            listener.on_progress(progress)

    def loop_break(self) -> None: ...

    @property
    def stage(self) -> SubscriberStage:
        """Where the exchange is with it."""
        return self.line.stage

    def _look(self) -> None:
        due = [waiter for waiter in self._waiters if waiter[0]()]
        self._waiters = [waiter for waiter in self._waiters if waiter not in due]
        for _, fired in due:
            fired.callback(None)

    def _forget(self, fired: Deferred[None]) -> None:
        self._waiters = [waiter for waiter in self._waiters if waiter[1] is not fired]
