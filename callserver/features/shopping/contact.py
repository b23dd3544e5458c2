"""Where somebody who orders can be reached."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Contact:
    """A telephone number; `claimed` only by his typing it: nobody's address is told or used by it."""

    number: str
    claimed: bool = False
