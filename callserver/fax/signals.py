"""
What the T.30 procedure asks of the modem below it, and what it hears from it.

The same for the soft modems over a line's sound and for a modem's own Class 1 commands; neither knows T.30, and T.30
knows neither. One thing is asked at a time: after each `Send...` comes one `Sent`, before which nothing else is asked
but `Listen`, which breaks the sending off. The modem below keeps the pauses of 75 ms between its own signals, and
between what it heard last and its answer (T.30 clause 5.3). While it sends it hears nothing: the line is half duplex;
only in the silence that belongs to a CNG it listens.

Octets are in the order of the line: the lowest bit of each first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from callserver.fax.modulations import Modulation


class FaxTone(Enum):
    """The two tones of phase A. Value: Hz."""

    CNG = 1100
    CED = 2100


@dataclass(frozen=True)
class SendTone:
    """One CNG (0.5 s, then 3 s of silence in which is listened) or one CED with the silence after it."""

    tone: FaxTone


@dataclass(frozen=True)
class SendFrames:
    """One burst of V.21: the preamble, then each frame, from its address octet to the last before its FCS."""

    frames: tuple[bytes, ...]


class InPieces(Protocol):
    """Octets that are made as the line takes them: all at once would hold up whoever has other lines too."""

    def __iter__(self) -> Iterator[bytes]:
        """From the first on, each time; pieces of any length but none."""

    def __len__(self) -> int:
        """At most so many octets."""


@dataclass(frozen=True)
class SendImage:
    """Training, then these octets as they are (TCF, a page, or ECM's flags and frames), then the turn-off."""

    modulation: Modulation
    short: bool  # the short training of V.17
    octets: bytes | InPieces

    def pieces(self, size: int) -> Iterator[bytes]:
        """All octets from the first on, so many at a time, each piece made when it is asked for."""
        octets = self.octets
        return _cut_anew((octets,) if isinstance(octets, bytes) else octets, size)


@dataclass(frozen=True)
class Listen:
    """From now on: to V.21 and the tones, and to an image as well if one may come."""

    image: Modulation | None = None
    short: bool = False


Asked = SendTone | SendFrames | SendImage | Listen


@dataclass(frozen=True)
class Sent:
    """What was asked last is on the line, to the end."""


@dataclass(frozen=True)
class ToneHeard:
    """The far end's CNG or CED has begun."""

    tone: FaxTone


@dataclass(frozen=True)
class FlagsHeard:
    """A burst of V.21 has begun."""


@dataclass(frozen=True)
class FrameHeard:
    """From the address octet to the last before the FCS; at most 265 octets."""

    octets: bytes
    good: bool  # its FCS is right


@dataclass(frozen=True)
class FramesOver:
    """The burst of V.21 has ended."""


@dataclass(frozen=True)
class Trained:
    """The image's training was understood; octets follow."""


@dataclass(frozen=True)
class ImageHeard:
    """Some octets of the image."""

    octets: bytes


@dataclass(frozen=True)
class ImageOver:
    """The image's carrier has ended, trained or not."""


Heard = Sent | ToneHeard | FlagsHeard | FrameHeard | FramesOver | Trained | ImageHeard | ImageOver


def _cut_anew(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        rest += piece
        n_whole = len(rest) // size * size
        yield from (rest[at : at + size] for at in range(0, n_whole, size))
        rest = rest[n_whole:]
    if rest:
        yield rest
