"""Who hears whom, measured: everybody in a shop speaks a tone of his own, and what arrives at each is taken apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from callserver.acd.seats.seat import Seat
from callserver.dsp.codecs import LINEAR_16, Codec
from callserver.dsp.ear import NO_SHIFTS, Ear, EarEvent
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray, amplitude
from callserver.media.leg import Leg
from tests.shop import Agent, VirtualShop

SPOKEN_DBM0 = -20.0
HEARD_DBM0 = -35.0  # weaker is not heard
LISTEN_S = 0.32  # as many whole waves of each tone as make them orthogonal
SETTLE_S = 0.1
TONES_HZ = tuple(525.0 + 50 * n for n in range(12))  # none that a telephone gives a meaning


@dataclass
class Voice:
    """One party: where its sound goes in, where what it hears comes out."""

    frequency_hz: float
    codec: Codec
    speak: Callable[[bytes], None]
    heard: Callable[[], bytearray]
    level_dbm0: float = SPOKEN_DBM0
    at: int = field(default=0)

    def next_block(self) -> None:
        samples = np.arange(self.at, self.at + BLOCK_SAMPLES)
        self.at += BLOCK_SAMPLES
        sound = amplitude(self.level_dbm0) * np.sin(2 * np.pi * self.frequency_hz * samples / RATE_HZ)
        self.speak(self.codec.encode(sound.astype(np.float32)).tobytes())

    def sound(self) -> FloatArray:
        """All it has heard since it was last emptied."""
        return self.codec.decode(np.frombuffer(bytes(self.heard()), np.uint8))


class DeafEar(Ear):
    """Hears nothing, and leaves the sound as it came: also waves that are too slow for a telephone."""

    def hear(self, received: FloatArray, played: FloatArray, shifts: Mapping[int, int] = NO_SHIFTS) -> list[EarEvent]:
        self.cleaned = received
        return []


class Room:
    """
    Everybody of a shop, speaking.

    :param frequencies_hz: one for each who is added
    """

    def __init__(self, shop: VirtualShop, frequencies_hz: Iterable[float] = TONES_HZ) -> None:
        self.shop = shop
        self.voices: dict[str, Voice] = {}
        self._frequencies = iter(frequencies_hz)
        for line in shop.lines:
            far_end = line.far_end
            self.voices[line.name] = Voice(
                next(self._frequencies), line.codec, far_end.speak, lambda far_end=far_end: far_end.heard
            )

    def seat(self, number: str) -> Seat:
        """Somebody logs in, and speaks from now on."""
        agent = Agent(number)
        seat = self.shop.seats.log_in(agent, agent)
        self.voices[f"seat {number}"] = Voice(
            next(self._frequencies), LINEAR_16, lambda block: seat.station.receive(block), lambda: agent.heard
        )
        return seat

    def add(self, name: str, leg: Leg) -> None:
        """Somebody whose leg was opened otherwise speaks from now on."""
        heard = bytearray()
        leg.send = heard.extend
        self.voices[name] = Voice(next(self._frequencies), leg.codec, leg.receive, lambda: heard)

    def talk(self, seconds: float) -> None:
        """Time passes, 20 ms at a time; everybody speaks."""
        for _ in range(round(seconds * RATE_HZ / BLOCK_SAMPLES)):
            for voice in self.voices.values():
                voice.next_block()
            self.shop.pass_block()

    def forget(self) -> None:
        """Nobody has heard anything yet."""
        for voice in self.voices.values():
            voice.heard().clear()

    def hears(self) -> dict[str, set[str]]:
        """Whom each hears now; who hears nobody is left out."""
        self.talk(SETTLE_S)
        self.forget()
        self.talk(LISTEN_S)
        found = {name: self._tones(voice) for name, voice in self.voices.items()}
        return {name: others for name, others in found.items() if others}

    def recorded(self, line: str) -> tuple[set[str], set[str]]:
        """Whom the two tracks of a recording of this line have now: far and near, as the recorder is given them."""
        leg = next(leg for leg in self.shop.bay.legs if leg.name == line)
        blocks: list[bytes] = []
        self.shop.bay.give_tracks_to(lambda legs, tracks: blocks.append(tracks[0]))
        self.shop.bay.tap(leg)
        self.talk(SETTLE_S)
        blocks.clear()
        self.talk(LISTEN_S)
        self.shop.bay.untap(leg)
        far, near = LINEAR_16.decode(np.frombuffer(b"".join(blocks), np.uint8)).reshape(-1, 2).T
        return self._in(far), self._in(near)

    def _tones(self, voice: Voice) -> set[str]:
        return self._in(voice.sound())

    def _in(self, sound: FloatArray) -> set[str]:
        return {name for name, one in self.voices.items() if level_of(sound, one.frequency_hz) > HEARD_DBM0}


def level_of(sound: FloatArray, frequency_hz: float) -> float:
    """Level of one frequency in a sound, dBm0."""
    if not sound.size:
        return -np.inf
    wave = np.exp(-2j * np.pi * frequency_hz / RATE_HZ * np.arange(sound.size))
    size = 2 * abs(sound @ wave) / sound.size
    return float(20 * np.log10(size / amplitude(0))) if size else -np.inf


def all_to_all(*names: str) -> dict[str, set[str]]:
    """Who hears whom where all of these talk."""
    return {name: {other for other in names if other != name} for name in names}


def with_listener(talk: Mapping[str, set[str]], listener: str) -> dict[str, set[str]]:
    """The same, and one who hears all of it."""
    return dict(talk) | {listener: set(talk)}
