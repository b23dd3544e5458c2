"""Who a caller is, as far as he has shown it in this call."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.features.shopping.rules import Buyer
from callserver.wire.messages import Identity


@dataclass
class Visitor:
    """
    One caller.

    `buyer`: who he is in the shop's books; by his number, which anybody may claim, until he has `proved` it by a PIN.
    `named`: an agent has said that he is this one. `is_new`: he has said that he is no member. `reservations`: so many
    has he wanted in this call.
    """

    buyer: Buyer | None = None
    proved: bool = False
    named: bool = False
    is_new: bool = False
    reservations: int = 0

    def prove(self, buyer: Buyer) -> None:
        """He has told the PIN of this customer."""
        self.buyer, self.proved = buyer, True

    @property
    def proved_address(self) -> str:
        """Where he lives, if he has proved who he is."""
        return self.buyer.address if self.buyer is not None and self.proved else ""

    @property
    def identity(self) -> Identity | None:
        """As an agent sees it."""
        return Identity(self.buyer.member_number, self.buyer.name, self.proved) if self.buyer else None
