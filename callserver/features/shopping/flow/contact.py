"""Where a caller can be reached: nothing is sold or reserved to who cannot be."""

from __future__ import annotations

from callserver.features.shopping import rules
from callserver.features.shopping.contact import Contact
from callserver.features.shopping.flow.counter import Counter
from callserver.features.shopping.flow.visitor import Visitor
from callserver.ivr.dialogue import WantsPerson, ask_telephone


def by_caller_number(counter: Counter) -> Contact | None:
    """The number that he calls from, if he shows it."""
    number = counter.call.caller.known_by
    return Contact(number) if number else None


async def find_contact(counter: Counter, visitor: Visitor) -> Contact:
    """
    The number that he calls from; of a proved customer who calls from elsewhere, his own; else the one that he types.

    :raises WantsPerson: there is none
    """
    own = by_caller_number(counter)
    if visitor.proved and visitor.buyer is not None:
        his = await counter.read(rules.telephones_of, visitor.buyer.member_number)
        if not his:
            raise WantsPerson("no telephone number")
        number = own and rules.plain(own.number, counter.premises.country)
        return Contact(number if number and number in his else his[0])
    if own is not None:
        return own
    typed = await ask_telephone(counter.call)
    return Contact(rules.plain(typed, counter.premises.country) or typed, claimed=True)
