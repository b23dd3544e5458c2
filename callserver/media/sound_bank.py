"""The sound of all slots of the patch bay, and what one round does with it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from callserver.dsp.codecs import LINEAR_16
from callserver.dsp.ear import Event, LineFigures
from callserver.dsp.fax_tones.bank import FaxHeard
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.dsp.keys.bank import KeyDown
from callserver.dsp.progress.bank import ToneHeard
from callserver.dsp.sound.activity import ActivityBank
from callserver.media.leg import Leg
from callserver.media.wiring import Wiring

log = Logger()

FAULTS_PER_LOG_LINE = 500  # a leg that fails every tick is logged every 10 s


class Detectors(Protocol):
    """What listens to all channels at once: callserver.dsp.ear.Ear."""

    cleaned: FloatArray
    activity: ActivityBank

    def feed(self, received: FloatArray, played: FloatArray) -> Sequence[Event]:
        """What one tick brings; both of shape (n_channels, 160)."""

    def reset(self, channel: int) -> None:
        """Another party speaks on this channel from now on."""

    def figures(self, channel: int) -> LineFigures:
        """What the channel sounds like."""


class SoundBank:
    """Sources, detectors and what was sent, slot by slot."""

    def __init__(self, n_slots: int, ear: Detectors) -> None:
        self.ear = ear
        self._sources: FloatArray = np.zeros((3, n_slots, BLOCK_SAMPLES), np.float32)
        self.far, self._prompts, self._music = self._sources
        self._listened: FloatArray = np.zeros((n_slots, BLOCK_SAMPLES), np.float32)
        self._played: FloatArray = np.zeros((n_slots, BLOCK_SAMPLES), np.float32)
        self._sounding: list[Leg] = []
        self._samples_heard = 0

    def clear(self, slot: int) -> None:
        """Nothing is left of who was here."""
        self._sources[:, slot] = self._listened[slot] = self._played[slot] = 0
        self.ear.reset(slot)

    def take_in(self, wiring: Wiring) -> None:
        """What the far ends say, 20 ms of each."""
        for group in wiring.groups:
            raw = np.frombuffer(b"".join([leg.buffer.take() for leg in group.legs]), np.uint8)
            self.far[group.slots] = group.codec.decode(raw.reshape(len(group.legs), -1))

    def detect(self, wiring: Wiring) -> Sequence[Event]:
        """Keys and tones on the lines; from here on their sound is without the echo of what they were sent."""
        self._listened[wiring.listened] = self.far[wiring.listened]
        self._samples_heard += BLOCK_SAMPLES
        events = self.ear.feed(self._listened, self._played)
        self.far[wiring.listened] = self.ear.cleaned[wiring.listened]
        return events

    def tell(self, legs: Sequence[Leg | None], events: Iterable[Event], now_s: float) -> None:
        """Pass keys, with the time at which they began, and tones on to the legs' listeners."""
        for event in events:
            leg = legs[event.channel]
            if leg is None:
                continue
            match event:
                case KeyDown():
                    at_s = now_s - (self._samples_heard - event.onset_sample) / RATE_HZ
                    guarded(leg, leg.listener.key, event.key, at_s)
                case ToneHeard():
                    guarded(leg, leg.listener.tone, event.name)
                case FaxHeard():
                    guarded(leg, leg.listener.tone, event.signal.value)

    def fill_players(self, wiring: Wiring) -> list[Deferred[bool]]:
        """20 ms of prompts and music; gives those whose prompts have come to their end."""
        for leg in self._sounding:
            self._prompts[leg.slot] = self._music[leg.slot] = 0
        self._sounding = [leg for leg in wiring.legs if leg.player.active]
        ended = [leg.player.fill(self._prompts[leg.slot], self._music[leg.slot]) for leg in self._sounding]
        return [done for done in ended if done]

    def mix(self, wiring: Wiring) -> FloatArray:
        """The one product; shape (rows of the matrix, 160), full scale ±1.0."""
        mixed: FloatArray = wiring.matrix @ self._sources.reshape(-1, BLOCK_SAMPLES)
        np.clip(mixed, -1.0, 1.0, out=mixed)
        self._played[wiring.slots] = mixed[: len(wiring.legs)]
        return mixed


def send(wiring: Wiring, mixed: FloatArray) -> None:
    """Each leg gets its 20 ms, in its codec."""
    for group in wiring.groups:
        size = BLOCK_SAMPLES * group.codec.bytes_per_sample
        sound = group.codec.encode(mixed[group.rows]).tobytes()
        for at, leg in enumerate(group.legs):
            if leg.is_open:
                guarded(leg, leg.send, sound[at * size : (at + 1) * size])


def tracks(wiring: Wiring, mixed: FloatArray) -> dict[Leg, bytes]:
    """The 20 ms of every recorded leg: 16-bit linear, far and near interleaved."""
    both = np.stack([mixed[wiring.far_rows], mixed[wiring.near_rows]], axis=2)
    sound = LINEAR_16.encode(both.reshape(len(both), -1))
    return {leg: sound[at].tobytes() for at, leg in enumerate(wiring.recorded)}


def guarded(leg: Leg, function: Callable[..., None], *arguments: object) -> None:
    """Call what belongs to one leg; its trouble is that leg's alone."""
    try:
        function(*arguments)
    except Exception:
        leg.faults += 1
        if leg.faults % FAULTS_PER_LOG_LINE == 1:
            log.failure("{leg}: fault {n} in its part of the tick", leg=leg.name, n=leg.faults)
