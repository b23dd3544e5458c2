"""The goods read aloud, category by category and then those in none, for who does not know an item's number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from callserver.features.shopping import rules
from callserver.features.shopping.flow.counter import Counter
from callserver.features.shopping.flow.sentences import priced
from callserver.ivr import spoken
from callserver.ivr.dialogue import PERSON_KEY, REPEAT_KEY, WantsPerson, choose, rounds
from callserver.ivr.interfaces import Prompt, Spoken
from callserver.wire.catalogue import N_, known

CATEGORY_KEYS = "123456789"
MORE = "9"  # where there are more categories than keys
OTHERS = N_("other goods")
TAKE, NEXT = "1", "2"
PAUSE_S = 2.5  # after each item: long enough to press a key, short enough to listen to twenty


async def choose_from_list(counter: Counter) -> str:
    """
    The number of the item that a caller picks while goods are read to him; "" if he picks none.

    :raises WantsPerson:
    """
    kinds = await counter.read(_kinds, counter.now())
    category = None
    if kinds:
        category = (kinds[0] if len(kinds) == 1 else await _choose_kind(counter, kinds)).number
    items = await counter.read(rules.items_of, category, counter.now(), counter.call.id)
    return await _pick(counter, items)


@dataclass(frozen=True)
class _Kind:
    """What the goods of one key have in common; `number` None: they are in no category."""

    number: str | None
    name: rules.Name


def _kinds(now: datetime) -> list[_Kind]:
    """Run in `store.read`; what is in no category is a kind by itself, the last one."""
    kinds = [_Kind(shelf.number, shelf.name) for shelf in rules.categories(now)]
    return [*kinds, _Kind(None, rules.Name(known("zh", OTHERS), OTHERS))] if rules.has_uncategorised(now) else kinds


async def _choose_kind(counter: Counter, kinds: list[_Kind]) -> _Kind:
    """As many as there are keys at a time; after the last ones come the first again."""
    n_keys = len(CATEGORY_KEYS) if len(kinds) <= len(CATEGORY_KEYS) else CATEGORY_KEYS.index(MORE)
    pages = [kinds[begin : begin + n_keys] for begin in range(0, len(kinds), n_keys)]
    for _ in rounds():
        for page in pages:
            keys = CATEGORY_KEYS[: len(page)]
            said = _offered(counter.call.language, page)
            if len(pages) > 1:
                keys, said = keys + MORE, [*said, "more-categories"]
            key = await choose(counter.call, *said, keys=keys)
            if key in CATEGORY_KEYS[: len(page)]:
                return page[CATEGORY_KEYS.index(key)]
    raise AssertionError  # rounds() never ends


def _offered(language: str, kinds: list[_Kind]) -> list[Prompt]:
    said: list[Prompt] = ["choose-category"]
    for key, kind in zip(CATEGORY_KEYS, kinds, strict=False):
        said += [Spoken(kind.name.text(language)), "press-key", f"number-{key}", "pause"]
    return said


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
