"""The goods read aloud, category by category, for who does not know an item's number."""

from __future__ import annotations

from callserver.features.shopping import rules
from callserver.features.shopping.flow.counter import Counter
from callserver.features.shopping.flow.sentences import priced
from callserver.ivr import spoken
from callserver.ivr.dialogue import PERSON_KEY, REPEAT_KEY, WantsPerson, choose
from callserver.ivr.interfaces import Prompt, Spoken

CATEGORY_KEYS = "123456789"
TAKE, NEXT = "1", "2"
PAUSE_S = 2.5  # after each item: long enough to press a key, short enough to listen to twenty


async def choose_from_list(counter: Counter) -> str:
    """
    The number of the item that a caller picks while goods are read to him; "" if he picks none.

    :raises WantsPerson:
    """
    categories = (await counter.read(rules.categories, counter.now()))[: len(CATEGORY_KEYS)]
    category = None
    if categories:
        category = (categories[0] if len(categories) == 1 else await _choose_category(counter, categories)).number
    items = await counter.read(rules.items_of, category, counter.now(), counter.call.id)
    return await _pick(counter, items)


async def _choose_category(counter: Counter, categories: list[rules.Shelf]) -> rules.Shelf:
    language, said = counter.call.language, list[Prompt](["choose-category"])
    for key, category in zip(CATEGORY_KEYS, categories, strict=False):
        said += [Spoken(category.name.text(language)), "press-key", f"number-{key}", "pause"]
    keys = CATEGORY_KEYS[: len(categories)]
    return categories[keys.index(await choose(counter.call, *said, keys=keys))]


async def _pick(counter: Counter, items: list[rules.Item]) -> str:
    """Item by item; a key while one is read, or in the pause behind it, is meant for that one."""
    call = counter.call
    how: list[Prompt] = ["list-choose-or-next"]
    for item in items:
        key = await call.collect(*how, *_said(call.language, item), first_timeout_s=PAUSE_S)
        if key == TAKE:
            return item.number
        if key == PERSON_KEY:
            raise WantsPerson("key 0")
        if key == REPEAT_KEY:
            return ""
        how = []
    await call.play("list-over")
    return ""


def _said(language: str, item: rules.Item) -> list[Prompt]:
    number = spoken.digits(language, item.number)
    return [Spoken(item.name.text(language)), "list-item-number", *number, "pause", *priced(language, item)]
