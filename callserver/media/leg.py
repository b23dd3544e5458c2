"""One party's end of a call, as the patch bay sees it: what it says, what it hears."""

from collections.abc import Callable, Sequence
from typing import Protocol

from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.dsp.codecs import Codec
from callserver.dsp.ear import EarEvent, LineFigures
from callserver.dsp.frames import FloatArray
from callserver.dsp.tones import dtmf
from callserver.media.elastic import ElasticBuffer
from callserver.media.loan import Exchange, Loan
from callserver.media.player import Player

log = Logger()

FAULTS_PER_LOG_LINE = 500  # a leg that fails every tick is logged every 10 s
ECHO_S = 1.2  # through a modem's buffers and back, and its own time to report a key


# Told each tick: what was heard, whether somebody speaks in this very tick, whether it sounds like a tone
Attendant = Callable[[Sequence[EarEvent], bool, bool], None]


class LegListener(Protocol):
    """Told, in the reactor thread and within the tick, what is heard on a leg."""

    def key(self, digit: str, at_s: float) -> None:
        """The far end pressed a key; `at_s` as the patch bay's clock counts."""

    def tone(self, name: str) -> None:
        """The far end sent a call-progress or fax tone: "busy", "dial" ..."""


class Bay(Protocol):
    """What a leg needs of the patch bay it is plugged into."""

    def part(self, leg: "Leg") -> None:
        """Nobody hears the leg, and it hears nobody, until gains are set anew."""

    def unplug(self, leg: "Leg") -> None:
        """The leg is closed: its slot is free, nobody hears it any more."""

    def attend(self, leg: "Leg", attendant: Attendant | None) -> None:
        """All that is heard on the leg is told to this one, each tick."""

    def mute(self, leg: "Leg", on: bool) -> None:
        """Whoever hears the leg's far end hears silence from it, as long as it is on; keys and tones are heard."""

    def lend(self, leg: "Leg", exchange: Exchange, on_over: Callable[[Failure | None], None]) -> Loan:
        """The leg's sound is this one's alone from now on."""

    def take_back(self, leg: "Leg") -> None:
        """The leg is heard and hears again."""

    def hush(self, leg: "Leg", key: str | None) -> None:
        """The same while this key sounds, as it seems; None: no key."""

    def speaks(self, leg: "Leg") -> bool:
        """Whether somebody speaks at the leg's far end."""

    def figures(self, leg: "Leg") -> LineFigures:
        """What it sounds like."""


class Leg:
    """A line or a headset, while it is in use; made by `PatchBay.open_leg`."""

    def __init__(
        self,
        bay: Bay,
        slot: int,
        name: str,
        codec: Codec,
        send: Callable[[bytes], None],
        flush: Callable[[], None],
        listener: LegListener,
        listen_for_signals: bool,
        extra_samples: int,
    ) -> None:
        self.slot, self.name, self.codec, self.listener = slot, name, codec, listener
        self.send, self.flush = send, flush
        self.listen_for_signals = listen_for_signals
        self.is_open = True
        self.tone: str | None = None  # the exchange's tone that sounds at the far end now
        self.faults = 0  # exceptions of its send and its listener
        self.buffer = ElasticBuffer(codec, extra_samples)
        self.player = Player()
        self.loan: Loan | None = None
        self._bay = bay
        self._call_id: str | None = None
        self._own_keys: list[tuple[str, float]] = []

    def __repr__(self) -> str:
        return f"<Leg {self.name}>"

    @property
    def call_id(self) -> str | None:
        """Whose call it serves: only legs of one call hear each other."""
        return self._call_id

    @property
    def underruns(self) -> int:
        """Blocks of silence put in because the far end's sound came late."""
        return self.buffer.underruns

    @property
    def overruns(self) -> int:
        """Blocks dropped because we took the far end's sound too late."""
        return self.buffer.overruns

    @property
    def speaks(self) -> bool:
        """Whether somebody speaks at the far end, or did so in the last 240 ms."""
        return self._bay.speaks(self)

    @property
    def figures(self) -> LineFigures:
        """What an open leg's line sounds like: level, noise, hum, echo."""
        return self._bay.figures(self)

    def serve(self, call_id: str | None) -> None:
        """Serve another call, or none, from now on: its gains were those of the call before, and are taken away."""
        if call_id != self._call_id:
            self._call_id = call_id
            if self.is_open:
                self._bay.part(self)

    def mute(self, on: bool) -> None:
        """While it is on nobody hears the far end, in whatever call; its keys and tones are known all the same."""
        if self.is_open:
            self._bay.mute(self, on)

    def lend(self, exchange: Exchange, on_over: Callable[[Failure | None], None]) -> None:
        """
        Each block that comes is given to this one alone, and what it gives goes out; until `take_back`, or the end.

        :param on_over: told once: what it raised (the leg is silent then until it is taken back), or None
        """
        if self.is_open:
            self.take_back()
            self.flush()
            self.loan = self._bay.lend(self, exchange, on_over)

    def take_back(self) -> None:
        """It is heard and hears again; harmless when it was not lent."""
        loan, self.loan = self.loan, None
        if loan is not None:
            loan.over()
            self._bay.take_back(self)

    def hush(self, key: str | None) -> None:
        """
        Nobody hears the far end while this key sounds, from the tick on in which it seems to; None: no key.

        Of the key others hear 20 ms at most; and who speaks may be silent for 20 ms, about once in two minutes.
        """
        if self.is_open:
            self._bay.hush(self, key)

    def receive(self, data: bytes) -> None:
        """What the far end says, in the leg's codec, any number of bytes."""
        self.buffer.put(data)

    def play(self, sounds: Sequence[FloatArray]) -> Deferred[bool]:
        """
        Play sounds, each of shape (n,), one after the other without a gap, instead of what was being played.

        :return: True when the last block was sent (the far end hears it as much later as its modem holds), False when
            it was stopped, replaced, or the leg closed; cancelling it stops the playing
        """
        return self.player.play(sounds) if self.is_open else succeed(False)

    def play_key(self, key: str, now_s: float) -> Deferred[bool]:
        """As `play`, a key's two tones and the pause after it; what comes back of them is no key of the far end."""
        self._own_keys = [(own, at_s) for own, at_s in self._own_keys if now_s - at_s < ECHO_S] + [(key, now_s)]
        return self.play([dtmf(key)])

    def is_echo(self, key: str, at_s: float) -> bool:
        """Whether a key that was heard then is one that was just played: a line's echo comes back as loud as that."""
        return any(own == key and 0 <= at_s - played_s < ECHO_S for own, played_s in self._own_keys)

    def stop(self) -> None:
        """Be silent at once: the prompts end, and what was sent and is not yet heard is forgotten (barge-in)."""
        if self.is_open:
            self.flush()
            self.player.stop()

    def attend(self, attendant: Attendant | None) -> None:
        """Tell this one all that is heard, each tick, until the leg closes; None: nobody any more."""
        if self.is_open:
            self._bay.attend(self, attendant)

    def music(self, samples: FloatArray | None) -> None:
        """Play this round and round (None: stop); it waits while prompts play, and goes on where it was."""
        self.player.music(samples)

    def fault(self) -> None:
        """To be called where an exception of its own is handled: it is logged once in many."""
        self.faults += 1
        if self.faults % FAULTS_PER_LOG_LINE == 1:
            log.failure("{leg}: fault {n} in its part of the tick", leg=self.name, n=self.faults)

    def close(self) -> None:
        """Out of the patch bay; harmless when already so."""
        if self.is_open:
            self.take_back()
            self.is_open = False
            self._bay.unplug(self)
            self.player.stop()
