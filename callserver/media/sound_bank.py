"""The sound of all open legs, and what one round does with it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.dsp.codecs import LINEAR_16
from callserver.dsp.ear import DetectorFailed, EarEvent, LineFigures
from callserver.dsp.fax_tones.bank import FaxHeard
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.dsp.keys.bank import KeyDown
from callserver.dsp.progress.bank import ToneGone, ToneHeard
from callserver.dsp.sound.activity import ActivityBank
from callserver.media.fade import Seam
from callserver.media.leg import FAULTS_PER_LOG_LINE, Attendant, Leg
from callserver.media.wiring import Wiring, wire
from callserver.wire.alarms import Alarm
from callserver.wire.catalogue import N_

log = Logger()


class Detectors(Protocol):
    """What listens to all channels at once: callserver.dsp.ear.Ear."""

    n_channels: int
    cleaned: FloatArray
    activity: ActivityBank

    def hear(self, received: FloatArray, played: FloatArray, shifts: Mapping[int, int]) -> Sequence[EarEvent]:
        """What one tick brings; both of shape (n_channels, 160); `shifts`: late (1) and missing (-1) sound."""

    def resize(self, n_channels: int) -> None:
        """Listen to so many channels from now on: the first ones go on as they were."""

    def reset(self, channel: int) -> None:
        """Another party speaks on this channel from now on."""

    def is_like_a_tone(self, channel: int) -> bool:
        """Whether what sounds now may be a tone of the exchange."""

    def sounding_key(self, channel: int) -> str | None:
        """The key that sounds now, as it seems from its first 20 ms."""

    def figures(self, channel: int) -> LineFigures:
        """What the channel sounds like."""


class SoundBank:
    """One row of every array belongs to one open leg, in the order of the wiring; closed legs have none."""

    def __init__(self, n_slots: int, ear: Detectors, on_alarm: Alarm) -> None:
        self.ear, self._on_alarm = ear, on_alarm
        self.wiring = wire([], [], np.zeros((0, 0), np.float32))
        self._far, self._prompts, self._music = np.zeros((3, 0, BLOCK_SAMPLES), np.float32)
        self._near, self._ears = self._far, self._far
        self._seam = Seam()
        self._sounding: list[int] = []  # rows
        self._listened_rows: list[int] = []
        self._received: FloatArray = np.zeros((n_slots, BLOCK_SAMPLES), np.float32)  # by channel
        self._played: FloatArray = np.zeros((n_slots, BLOCK_SAMPLES), np.float32)
        self._samples_heard = 0
        self._faults: dict[str, int] = {}
        self._attended: dict[int, Attendant] = {}  # by channel

    def lay_out(self, wiring: Wiring) -> None:
        """Others are open, or hear others, from now on; who was there before goes on with his sound."""
        row_of = {leg: row for row, leg in enumerate(self.wiring.legs)}
        pairs = [(row_of[leg], row) for row, leg in enumerate(wiring.legs) if leg in row_of]
        old, new = np.array(pairs, np.intp).reshape(-1, 2).T
        before, shape = self._far, (len(wiring.legs), BLOCK_SAMPLES)
        self._far, self._prompts, self._music = np.zeros((3, *shape), np.float32)
        self._far[new] = before[old]
        self._seam.lay_out(len(wiring.legs), old, new)
        self._sounding = []
        overheard = {self.wiring.legs[sink] for sink, _ in self.wiring.overheard}
        self.wiring = wiring
        now = {sink for sink, _ in wiring.overheard}
        for row, leg in enumerate(wiring.legs if overheard or now else ()):
            if row in now or leg in overheard:
                self._seam.begins(row)  # what it hears of another's prompts may begin or end here
        self._listened_rows = wiring.listened.tolist()
        if wiring.n_channels and wiring.n_channels != self.ear.n_channels:
            self.ear.resize(wiring.n_channels)

    def open(self, leg: Leg) -> None:
        """A leg has been plugged in: the detectors have a channel for it."""
        if leg.listen_for_signals and leg.slot >= self.ear.n_channels:
            self.ear.resize(leg.slot + 1)

    def attend(self, slot: int, attendant: Attendant | None) -> None:
        """Tell this one each tick what is heard on a channel; None: nobody any more."""
        if attendant is None:
            self._attended.pop(slot, None)
        else:
            self._attended[slot] = attendant

    def clear(self, slot: int) -> None:
        """Nothing is left of who was here."""
        self._attended.pop(slot, None)
        self._received[slot] = self._played[slot] = 0
        self.forget(slot)

    def forget(self, slot: int) -> None:
        """What was heard on this channel so far is long ago."""
        if slot < self.ear.n_channels:
            self.ear.reset(slot)

    def take_in(self) -> None:
        """What the far ends say, 20 ms of each; of one that is lent, nothing."""
        for group in self.wiring.groups:
            raw = np.frombuffer(b"".join([_taken(leg) for leg in group.legs]), np.uint8)
            self._far[group.rows] = group.codec.decode(raw.reshape(len(group.legs), -1))
        self._seam.far_begins([row for row, leg in enumerate(self.wiring.legs) if leg.buffer.begins])

    def detect(self) -> Sequence[EarEvent]:
        """Keys and tones on the lines; from here on their sound is without the echo of what they were sent."""
        channels, rows, n = self.wiring.channels, self.wiring.listened, self.wiring.n_channels
        if not n:
            return ()
        self._samples_heard += BLOCK_SAMPLES
        received = self._received[:n]
        received[channels] = self._far[rows]
        try:
            events = self.ear.hear(received, self._played[:n], self._shifts())
        except Exception as error:
            return [DetectorFailed(N_("all detectors"), error)]
        if self.ear.cleaned is not received:
            self._far[rows] = self.ear.cleaned[channels]
        return events

    def _shifts(self) -> dict[int, int]:
        """By channel, where the elastic store had to give something else than the sound that follows."""
        legs = self.wiring.legs
        return {legs[row].slot: legs[row].buffer.shift for row in self._listened_rows if legs[row].buffer.shift}

    def tell(self, legs: Sequence[Leg | None], events: Sequence[EarEvent], now_s: float) -> None:
        """Pass keys, with the time at which they began, and tones on to the legs' listeners; all to attendants."""
        for slot, attendant in tuple(self._attended.items()):
            self._tell_attendant(legs[slot], attendant, events)
        for event in events:
            if isinstance(event, DetectorFailed):
                self._failed(event)
                continue
            leg = legs[event.channel]
            if leg is None:
                continue
            match event:
                case KeyDown():
                    at_s = now_s - (self._samples_heard - event.onset_sample) / RATE_HZ
                    guarded(leg, leg.listener.key, event.key, at_s)
                case ToneHeard():
                    leg.tone = event.name
                    guarded(leg, leg.listener.tone, event.name)
                case ToneGone():
                    leg.tone = None
                case FaxHeard():
                    guarded(leg, leg.listener.tone, event.signal.value)

    def _tell_attendant(self, leg: Leg | None, attendant: Attendant, events: Iterable[EarEvent]) -> None:
        if leg is not None:
            own = [event for event in events if not isinstance(event, DetectorFailed) and event.channel == leg.slot]
            voiced = bool(self.ear.activity.voiced[leg.slot])
            guarded(leg, attendant, own, voiced, self.ear.is_like_a_tone(leg.slot))

    def fill_players(self) -> list[Deferred[bool]]:
        """20 ms of prompts and music; gives those whose prompts have come to their end."""
        for row in self._sounding:
            self._prompts[row] = self._music[row] = 0
        self._sounding = [row for row, leg in enumerate(self.wiring.legs) if leg.player.active]
        ended = []
        for row in self._sounding:
            player = self.wiring.legs[row].player
            if player.fresh:
                player.fresh = False
                for begun in (row, *(sink for sink, source in self.wiring.overheard if source == row)):
                    self._seam.begins(begun)
            ended.append(player.fill(self._prompts[row], self._music[row]))
        return [done for done in ended if done]

    def mix(self) -> None:
        """The one product, and what each leg hears of its own player."""
        self._near = self._ears = self.wiring.gains @ self._far
        prompts = self._prompts
        if self.wiring.overheard:
            prompts = prompts.copy()
            for sink, source in self.wiring.overheard:
                prompts[sink] += self._prompts[source]
        if self._sounding or self._seam.due:
            self._near += prompts
            self._ears = self._near + self._music
        if self._seam.due:
            self._seam.smooth(self.wiring.gains, self._far, prompts, self._music, self._near, self._ears)
        np.minimum(self._ears, 1, out=self._ears)
        np.maximum(self._ears, -1, out=self._ears)
        self._seam.remember(self._far, prompts, self._music, self._near, self._ears)
        self._played[self.wiring.channels] = self._ears[self.wiring.listened]
        for leg in self.wiring.legs:
            if leg.loan is not None and leg.listen_for_signals:
                self._played[leg.slot] = 0

    def send(self) -> None:
        """Each leg gets its 20 ms, in its codec; one that is lent what its borrower has made."""
        for group in self.wiring.groups:
            size = BLOCK_SAMPLES * group.codec.bytes_per_sample
            sound = group.codec.encode(self._ears[group.rows]).tobytes()
            for at, leg in zip(range(0, len(sound), size), group.legs, strict=True):
                if leg.is_open:
                    try:
                        if leg.loan is not None:
                            leg.loan.tick()
                        else:
                            leg.send(sound[at : at + size])
                    except Exception:
                        leg.fault()

    def tracks(self) -> list[bytes]:
        """The 20 ms of every recorded leg: 16-bit linear, far and near interleaved."""
        rows = self.wiring.recorded_rows
        both = np.stack([self._far[rows], self._near[rows]], axis=2)
        return [track.tobytes() for track in LINEAR_16.encode(both.reshape(len(both), -1))]

    def _failed(self, event: DetectorFailed) -> None:
        n = self._faults[event.detector] = self._faults.get(event.detector, 0) + 1
        if n == 1:
            msgid = N_("detector failed: {detector_word}: {problem}; the others hear on")
            self._on_alarm(msgid, detector_word=event.detector, problem=repr(event.error))
        if n % FAULTS_PER_LOG_LINE == 1:
            failure = Failure(event.error)  # type: ignore[no-untyped-call]
            log.failure("{detector} failed, fault {n}: the others hear on", failure, detector=event.detector, n=n)


def _taken(leg: Leg) -> bytes | bytearray:
    return leg.buffer.take() if leg.loan is None else leg.codec.silence * BLOCK_SAMPLES


def guarded(leg: Leg, function: Callable[..., None], *arguments: object) -> None:
    """Call what belongs to one leg; its trouble is that leg's alone."""
    try:
        function(*arguments)
    except Exception:
        leg.fault()
