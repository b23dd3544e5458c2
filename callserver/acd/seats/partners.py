"""Who is in a call beside an agent: his card says so, and is another's when the one whom it was about has left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from callserver.calls.call import Call, Party
from callserver.calls.operations import PRESENT
from callserver.wire.messages import Card, Partner

Colleague = Callable[[Party], Partner | None]  # who sits at this station; None: it is none


def card_with_partners(card: Card, call: Call, station: Party, colleague: Colleague) -> Card:
    """
    The card of a call that this station is in, as things are now.

    It is about the colleague whose number it says, else about the one whom the call was with before others were
    brought to it. When he has left, it is that of the first of those who are still there.
    """
    others = [party for party, part in call.parts.items() if party is not station and part.role in PRESENT]
    if station not in call.parts or not others:
        return card
    partners = {one: colleague(one) or call.guests.get(one) or Partner(one.name) for one in others}
    named = [one for one in others if partners[one].number == card.caller_number]
    of_old = [one for one in others if one not in call.guests]
    about = next(iter((*named, *of_old)), None)
    if about is not None:
        return replace(card, beside=tuple(partners[one] for one in others if one is not about))
    first, *rest = partners.values()
    return Card(call.id, first.number, first.name, language=card.language, beside=tuple(rest), gone=str(call.left_for))
