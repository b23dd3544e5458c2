"""Customers: who calls, as far as a number may claim it."""

import re
from dataclasses import dataclass

from callserver.features.shopping.tables import CustomerNumber


@dataclass(frozen=True)
class Buyer:
    """A customer in the shop's books."""

    member_number: str
    name: str
    address: str


def find_buyer(caller_number: str | None) -> Buyer | None:
    """Who calls from this number, as far as anybody may claim it."""
    known = CustomerNumber.get_or_none(CustomerNumber.number == plain(caller_number))
    if known is None:
        return None
    return Buyer(known.customer.member_number, known.customer.name, known.customer.address)


def plain(caller_number: str | None) -> str | None:
    """A number as customers give it: some exchanges put a 0 before a mobile's. None if it was withheld."""
    mobile = re.fullmatch(r"0(1[3-9]\d{9})", caller_number or "")
    return mobile[1] if mobile else caller_number or None
