"""The scheme of each image modulation."""

from __future__ import annotations

from callserver.fax.modems.scheme import Scheme
from callserver.fax.modems.v27ter import V27ter
from callserver.fax.modulations import Modulation


def scheme_of(modulation: Modulation) -> Scheme:
    """
    How it is sent and heard.

    :raises ValueError: V.21 carries no image
    """
    if modulation.recommendation == "V.27ter":
        return V27ter(modulation.bit_rate)
    raise ValueError(f"{modulation.name} carries no image")
