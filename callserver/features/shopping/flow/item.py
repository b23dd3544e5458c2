"""One item of the shop, by its number or out of the list that is read aloud, and how many pieces of it."""

from __future__ import annotations

from callserver.features.shopping import rules
from callserver.features.shopping.flow.counter import Counter
from callserver.features.shopping.flow.goods_list import choose_from_list
from callserver.features.shopping.flow.sentences import offered
from callserver.features.shopping.tables import ITEM_DIGITS
from callserver.ivr import spoken
from callserver.ivr.dialogue import REPEAT_KEY, TRIES, WantsPerson, ask_number, choose, rounds

QUANTITY_DIGITS = 3
LIST_KEY = REPEAT_KEY
YES = "1"


async def find_item(counter: Counter) -> rules.Item:
    """
    An item that the shop has on sale, be it sold out at the moment.

    :raises WantsPerson: also after the third number that is none
    """
    failures = 0
    for _ in rounds():
        number = await ask_number(counter.call, "enter-item-number", max_digits=ITEM_DIGITS, other_key=LIST_KEY)
        if number == LIST_KEY:
            number = await choose_from_list(counter)
            if not number:
                continue
        item = await counter.read(rules.find_item, number, counter.now(), counter.call.id)
        if item is not None:
            return item
        failures += 1
        await counter.sorry("item-unknown")
        if failures == TRIES:
            raise WantsPerson("no item found")
    raise AssertionError  # rounds() never ends


async def is_wanted(counter: Counter, item: rules.Item) -> bool:
    """Name, price and stock of an item; whether the caller buys it."""
    said = offered(counter.call.language, item)
    return await choose(counter.call, *said, "item-right-or-other", keys="12") == YES


async def ask_quantity(counter: Counter, question: str) -> int:
    """How many pieces; 0 is for the rules to refuse."""
    return int(await ask_number(counter.call, question, max_digits=QUANTITY_DIGITS))


async def refuse_quantity(counter: Counter, refused: Exception) -> None:
    """
    Why it cannot be so many, in one sentence with how many it can be.

    :raises Exception: what is about no quantity
    """
    language = counter.call.language
    if isinstance(refused, rules.AboveStock):
        await counter.sorry("quantity-above-stock", *spoken.count(language, refused.available))
    elif isinstance(refused, rules.AboveLimit):
        await counter.sorry("quantity-above-limit", *spoken.count(language, refused.limit))
    elif isinstance(refused, ValueError):
        await counter.sorry("quantity-zero")
    else:
        raise refused
