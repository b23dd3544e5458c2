"""The scheme of each image modulation."""

from __future__ import annotations

from functools import lru_cache

from callserver.fax.modems.scheme import Scheme
from callserver.fax.modems.v17 import V17
from callserver.fax.modems.v27ter import V27ter
from callserver.fax.modems.v29 import V29
from callserver.fax.modulations import Modulation


@lru_cache
def scheme_of(modulation: Modulation) -> Scheme:
    """
    How it is sent and heard.

    :raises ValueError: V.21 carries no image
    """
    if modulation.recommendation == "V.27ter":
        return V27ter(modulation.bit_rate)
    if modulation.recommendation == "V.29":
        return V29(modulation.bit_rate)
    if modulation.recommendation == "V.17":
        return V17(modulation.bit_rate)
    raise ValueError(f"{modulation.name} carries no image")
