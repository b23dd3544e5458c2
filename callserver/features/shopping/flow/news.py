"""A caller hears what has become of his reservations: when he calls, or by a call of the shop's."""

from __future__ import annotations

from collections.abc import Sequence

from zope.interface import implementer

from callserver.features.shopping import rules
from callserver.features.shopping.flow.counter import Counter, Premises
from callserver.features.shopping.tables import ReservationState
from callserver.ivr import spoken
from callserver.ivr.interfaces import ICall, IMenu, Prompt, Spoken

ACCEPT_KEY, ACCEPT_TRIES, ACCEPT_S = "1", 3, 6.0
NAME = "shop-news"


async def tell_news(counter: Counter, news: Sequence[rules.News]) -> None:
    """What a caller is to be told; what he has heard to its end is not told again."""
    for one in news:
        if await counter.call.play(*_said(counter.call.language, one)):
            await counter.write(rules.was_told, one.reservation, counter.now())


@implementer(IMenu)
class NewsMenu:
    """
    What is heard by who is called because his goods have come.

    Nothing is told before a key is pressed: a mailbox presses none, and strangers who lift hear no order's number.
    """

    name = NAME
    for_callers = False
    takes_fax = False

    def __init__(self, premises: Premises) -> None:
        self._premises = premises

    async def run(self, call: ICall) -> None:
        counter = Counter(call, self._premises)
        buyer = await counter.glance(rules.find_buyer, call.caller.known_by, self._premises.country)
        call.language = buyer.language if buyer is not None and buyer.language else "zh"
        for _ in range(ACCEPT_TRIES):
            if await call.collect("shop-calls-press", first_timeout_s=ACCEPT_S) == ACCEPT_KEY:
                await tell_news(counter, await counter.read(rules.news_for, [call.caller.known_by or ""]))
                await call.play("goodbye")
                return


def _said(language: str, news: rules.News) -> Sequence[Prompt]:
    name = Spoken(news.name.text(language))
    if news.state is ReservationState.ORDERED and news.order is not None:
        return ["reservation-came", *spoken.digits(language, news.order), "pause", "you-order", name]
    return ["reservation-expired", name]
