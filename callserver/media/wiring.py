"""The gain matrix as one tick uses it, made anew only when somebody is plugged in or out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.codecs import Codec
from callserver.dsp.frames import FloatArray
from callserver.media.leg import Leg

Slots = NDArray[np.intp]


@dataclass(frozen=True)
class CodecGroup:
    """The legs of one codec: decoded and encoded together."""

    codec: Codec
    legs: Sequence[Leg]
    slots: Slots
    rows: slice  # of the product: what these legs hear


@dataclass(frozen=True)
class Wiring:
    """
    Who hears what in one product.

    Columns are the sources: every slot's far end, then every slot's prompts, then every slot's music. Rows are the
    sinks: what each open leg hears, then the near track of each recorded leg (what it hears, less its music), then the
    far tracks (what its far end says).
    """

    legs: Sequence[Leg]  # in the order of the rows
    slots: Slots
    groups: Sequence[CodecGroup]
    listened: Slots  # where keys and tones are looked for
    recorded: Sequence[Leg]
    matrix: FloatArray

    @property
    def near_rows(self) -> slice:
        return slice(len(self.legs), len(self.legs) + len(self.recorded))

    @property
    def far_rows(self) -> slice:
        return slice(len(self.legs) + len(self.recorded), len(self.matrix))


def wire(legs: Collection[Leg], recorded: Collection[Leg], gains: FloatArray) -> Wiring:
    """
    Wire the open legs.

    :param gains: shape (n_slots, n_slots), [sink, source]
    """
    ordered = sorted(legs, key=lambda leg: (leg.codec.name, leg.slot))
    slots, track_slots = _slots(ordered), _slots(recorded)
    own = np.eye(len(gains), dtype=np.float32)
    nothing = np.zeros_like(own)
    ears = np.hstack([gains, own, own])[slots]
    near = np.hstack([gains, own, nothing])[track_slots]
    far = np.hstack([own, nothing, nothing])[track_slots]
    listened = _slots([leg for leg in ordered if leg.listen_for_signals])
    return Wiring(ordered, slots, _groups(ordered), listened, list(recorded), np.vstack([ears, near, far]))


def _slots(legs: Collection[Leg]) -> Slots:
    return np.array([leg.slot for leg in legs], np.intp)


def _groups(ordered: Sequence[Leg]) -> list[CodecGroup]:
    groups, at = [], 0
    for codec, members in groupby(ordered, key=lambda leg: leg.codec):
        legs = list(members)
        groups.append(CodecGroup(codec, legs, _slots(legs), slice(at, at + len(legs))))
        at += len(legs)
    return groups
