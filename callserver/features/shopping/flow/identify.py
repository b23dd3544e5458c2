"""
Who a caller is: by his number, as far as anybody may claim it; proved by member number and PIN.

Where money or an address is spoken, and where a balance pays, he proves it. What he types is a secret from the first
key on. Wrong, locked and unknown sound alike, so nobody learns a member's number by trying; after three tries a person
helps, and what `rules.pins` has counted stays.
"""

from __future__ import annotations

from callserver.features.shopping import rules
from callserver.features.shopping.flow.counter import Counter
from callserver.features.shopping.flow.news import tell_news
from callserver.features.shopping.flow.visitor import Visitor
from callserver.features.shopping.tables import MEMBER_DIGITS
from callserver.ivr.dialogue import TRIES, WantsPerson, ask_secret, choose
from callserver.ivr.interfaces import Spoken

PIN_DIGITS = 6
YES = NEW = "1"


async def prove(counter: Counter, visitor: Visitor) -> rules.Buyer:
    """
    The customer whose PIN this caller knows; he is asked once in a call, and hears then of his reservations.

    :raises WantsPerson: he does not know it, or the customer has none yet
    """
    if visitor.proved and visitor.buyer is not None:
        return visitor.buyer
    claimed = await _claimed(counter, visitor.buyer)
    for _ in range(TRIES):
        number = claimed.member_number if claimed else await _ask_member_number(counter)
        pin = await ask_secret(counter.call, "enter-pin", max_digits=PIN_DIGITS)
        buyer = await _try_pin(counter, number, pin)
        if buyer is not None:
            visitor.prove(buyer)
            if buyer.must_change_pin:
                await _change_pin(counter, buyer.member_number, pin)
            await tell_news(counter, await counter.read(rules.news_of, buyer.member_number))
            return buyer
        await counter.sorry("identity-wrong")
    await counter.sorry("too-many-tries")
    raise WantsPerson("not identified")


async def is_member(counter: Counter, visitor: Visitor) -> bool:
    """Whether a caller from an unknown number says that he is a customer; he is asked once in a call."""
    if not visitor.is_new:
        visitor.is_new = await choose(counter.call, "new-or-member", keys="12") == NEW
    return not visitor.is_new


async def _claimed(counter: Counter, buyer: rules.Buyer | None) -> rules.Buyer | None:
    """Who he is by his number, if he says so."""
    if buyer is None or await choose(counter.call, "are-you", Spoken(buyer.name), "yes-or-no", keys="12") != YES:
        return None
    if not buyer.has_pin:
        await counter.sorry("account-without-pin")
        raise WantsPerson("no PIN yet")
    return buyer


async def _ask_member_number(counter: Counter) -> str:
    return await ask_secret(counter.call, "enter-member-number", max_digits=MEMBER_DIGITS)


async def _try_pin(counter: Counter, member_number: str, pin: str) -> rules.Buyer | None:
    """Counted before it is judged, so that twenty lines try no more than one does."""
    number = counter.call.caller.known_by
    attempt = await counter.write(rules.begin_pin_try, member_number, number, counter.now())
    is_right = await counter.think(rules.pin_matches, pin, attempt.kept)
    return await counter.write(rules.end_pin_try, attempt, is_right, counter.now())


async def _change_pin(counter: Counter, member_number: str, given: str) -> None:
    """A PIN that the shop has given is changed at its first use; who cannot choose one is asked again the next time."""
    telephones = await counter.read(rules.telephones_of, member_number)
    for _ in range(TRIES):
        pin = await ask_secret(counter.call, "choose-own-pin", max_digits=PIN_DIGITS)
        try:
            rules.check_new_pin(pin, member_number, [*telephones, given])
        except rules.WeakPin:
            await counter.sorry("pin-too-easy")
            continue
        if await ask_secret(counter.call, "pin-once-more", max_digits=PIN_DIGITS) != pin:
            await counter.sorry("pins-differ")
            continue
        stored = await counter.think(rules.pin_stored, pin)
        await counter.settle(rules.set_pin, member_number, stored)
        await counter.call.play("pin-changed")
        return
