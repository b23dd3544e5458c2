"""A patch bay on a bench: legs whose far ends are arrays, ears that hear what they are told to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np
from twisted.internet.task import Clock

from callserver.dsp.codecs import LINEAR_16, Codec
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.dsp.keys.bank import KeyDown
from callserver.media.leg import Leg
from callserver.media.patch_bay import PatchBay
from callserver.media.sound_bank import EarEvent


@dataclass
class FakeEar:
    """Says what `events` holds, once; keeps what it was fed."""

    n_channels: int
    events: list[EarEvent] = field(default_factory=list)
    fed: list[tuple[FloatArray, FloatArray]] = field(default_factory=list)
    resets: list[int] = field(default_factory=list)
    sounding: dict[int, str] = field(default_factory=dict)
    cleaned: FloatArray = field(init=False)

    def hear(self, received: FloatArray, played: FloatArray, shifts: Mapping[int, int]) -> list[EarEvent]:
        self.fed.append((received.copy(), played.copy()))
        self.cleaned = received
        events, self.events = self.events, []
        return events

    def resize(self, n_channels: int) -> None:
        self.n_channels = n_channels

    def sounding_key(self, channel: int) -> str | None:
        return self.sounding.get(channel)

    def reset(self, channel: int) -> None:
        self.resets.append(channel)


def key_down(channel: int, key: str, onset_sample: int = 0) -> KeyDown:
    return KeyDown(channel, key, onset_sample, -8.0, -8.0, 0.0, 0.0, 1.0)


@dataclass(eq=False)
class Party:
    """The far end of a leg: collects what it hears, and listens as a LegListener."""

    codec: Codec = LINEAR_16
    heard: bytearray = field(default_factory=bytearray)
    keys: list[tuple[str, float]] = field(default_factory=list)
    tones: list[str] = field(default_factory=list)
    flushes: int = 0
    leg: Leg = field(init=False)

    def send(self, block: bytes) -> None:
        self.heard += block

    def flush(self) -> None:
        self.flushes += 1

    def key(self, digit: str, at_s: float) -> None:
        self.keys.append((digit, at_s))

    def tone(self, name: str) -> None:
        self.tones.append(name)

    def say(self, level: float, n_blocks: int = 1) -> None:
        """A steady level: easy to find again in a sum."""
        self.speak(np.full(n_blocks * BLOCK_SAMPLES, level, np.float32))

    def speak(self, sound: FloatArray) -> None:
        self.leg.receive(self.codec.encode(sound).tobytes())

    def sound(self) -> FloatArray:
        """All that was heard."""
        return self.codec.decode(np.frombuffer(bytes(self.heard), np.uint8))

    def last_level(self) -> float:
        """What was heard at the end of the last block, to four places."""
        return round(float(self.sound()[-1]), 4)


def make_bay(n_legs: int = 8, ear: FakeEar | None = None) -> PatchBay:
    return PatchBay(Clock(), n_legs, lambda n: ear or FakeEar(n))


def plug(bay: PatchBay, name: str, call_id: str = "call 1", codec: Codec = LINEAR_16, signals: bool = True) -> Party:
    party = Party(codec)
    party.leg = bay.open_leg(name, codec, party.send, party.flush, party, signals)
    party.leg.serve(call_id)
    return party


def all_of(*parties: Party, gain: float = 1.0) -> dict[tuple[Leg, Leg], float]:
    """The gains of a talk in which each hears all others."""
    return {(a.leg, b.leg): gain for a, b in permutations(parties, 2)}


def talk(bay: PatchBay, *parties: Party) -> None:
    """Each hears all others."""
    bay.set_gains("call 1", all_of(*parties))
