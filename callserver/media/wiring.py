"""Who is plugged in, laid out for the tick; made anew only when somebody comes, goes or is heard by somebody else."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.codecs import Codec
from callserver.dsp.frames import FloatArray
from callserver.media.leg import Leg

NONE: Mapping[Leg, Leg] = MappingProxyType({})
IndexArray = NDArray[np.intp]


@dataclass(frozen=True)
class CodecGroup:
    """The legs of one codec: decoded and encoded together."""

    codec: Codec
    legs: Sequence[Leg]
    rows: slice


@dataclass(frozen=True)
class Wiring:
    """
    The k open legs, one row each: a tick works on these and on nothing else.

    `gains`: shape (k, k), [sink, source]. Prompts and music are heard by their own leg alone, with a gain of 1: they
    are added, for as columns of the matrix they would be mostly zeros.
    `overheard`: rows (sink, source): who hears what is played to another one as well.
    """

    legs: Sequence[Leg]  # in the order of the rows
    groups: Sequence[CodecGroup]
    listened: IndexArray  # rows in which keys and tones are looked for, and
    channels: IndexArray  # the detectors' channels for them: the legs' slots
    recorded: Sequence[Leg]
    recorded_rows: IndexArray
    gains: FloatArray
    overheard: Sequence[tuple[int, int]] = ()

    @property
    def n_channels(self) -> int:
        """So many channels the detectors must have."""
        return int(self.channels.max()) + 1 if self.channels.size else 0


def wire(
    legs: Collection[Leg], recorded: Collection[Leg], gains: FloatArray, prompts: Mapping[Leg, Leg] = NONE
) -> Wiring:
    """
    Lay the open legs out.

    :param gains: shape (n_slots, n_slots), [sink, source]
    :param prompts: {sink: source}
    """
    ordered = sorted(legs, key=lambda leg: (leg.codec.name, leg.slot))
    slots = _numbers([leg.slot for leg in ordered])
    listened = _numbers([row for row, leg in enumerate(ordered) if leg.listen_for_signals])
    recorded_rows = _numbers([ordered.index(leg) for leg in recorded])
    of_these = gains[np.ix_(slots, slots)]
    overheard = [(ordered.index(sink), ordered.index(source)) for sink, source in prompts.items()]
    return Wiring(
        ordered, _groups(ordered), listened, slots[listened], list(recorded), recorded_rows, of_these, overheard
    )


def _numbers(values: list[int]) -> IndexArray:
    return np.array(values, np.intp)


def _groups(ordered: Sequence[Leg]) -> list[CodecGroup]:
    groups, at = [], 0
    for codec, members in groupby(ordered, key=lambda leg: leg.codec):
        legs = list(members)
        groups.append(CodecGroup(codec, legs, slice(at, at + len(legs))))
        at += len(legs)
    return groups
