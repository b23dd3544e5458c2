"""
Calls those whose reserved goods have come, one after the other; what is told is `flow.news`.

Nobody is called whose number's class the shop has not allowed, outside the hours it has set, or on a line of the
reserve; the dial guard judges every one. Who is not reached is called again an hour later, three times in all, and is
told when he calls. A try is counted on disk as it begins: a server that is killed in one calls nobody once more for it.

到货回电：仅在规定时段、允许的号码类别内，经拨号许可；共三次，仍未接通则待顾客来电时告知。
"""

from __future__ import annotations

from datetime import timedelta, tzinfo

from callserver.calls.calling import CallingRounds, Reached
from callserver.calls.calls_out import Dialler
from callserver.calls.dial_guard import DialClass
from callserver.calls.event_log import EventLog
from callserver.config import ShopConfig
from callserver.config.hours import within
from callserver.features import House
from callserver.features.shopping import rules
from callserver.store.database import Store
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refusal, Refused

LOOK_S = 30.0
TRIES, AGAIN = 3, timedelta(hours=1)
WHO = "shop"  # dials, for the guard and the caps


class Teller(CallingRounds):
    """
    :param menu: the name of the one that tells
    :param choice: draws the numbers of orders that reservations become
    """

    def __init__(
        self,
        house: House,
        store: Store,
        events: EventLog,
        config: ShopConfig,
        zone: tzinfo,
        menu: str,
        choice: rules.RandomChoice,
    ) -> None:
        super().__init__(house.clock, LOOK_S)
        self._house, self._store, self._events, self._config = house, store, events, config
        self._zone, self._menu, self._choice = zone, menu, choice

    def may_call(self, number: str) -> bool:
        """Whether the shop calls numbers of this class."""
        kind: DialClass = self._house.calls_out().classify(number)
        return kind.name.lower() in self._config.tell

    async def call_round(self) -> None:
        """What has waited in vain, or came free without a delivery; then one call, if it is time for any."""
        now = self._events.now()
        await self._store.write(rules.tend_reservations, now, self._choice)
        if not within(self._config.tell_hours, now.astimezone(self._zone)):
            return
        for news in await self._store.read(rules.news_to_call, now):
            if self.may_call(news.number):
                await self._tell(news)
                return  # he may have been told more than this: what is left is looked for anew
            await self._store.write(rules.call_again, news.reservation, None)

    async def _tell(self, news: rules.News) -> None:
        """One call, to its end, if a line is there for it."""
        reached = Reached()
        asks = Dialler(WHO, allowed=frozenset((news.number,)), may_use_reserve=False)
        try:
            call = self._house.calls_out().dial(news.number, asks, reached)
        except Refused as refused:
            if refused.code is not Refusal.NOT_NOW:
                await self._store.write(rules.call_again, news.reservation, None)
            return
        again = self._events.now() + AGAIN if news.tries + 1 < TRIES else None
        try:
            await self._store.write(rules.call_again, news.reservation, again)
            await reached.serve(call, lambda call: self._house.serve(call, self._menu))
        finally:
            call.end("server", Reason(Cause.GAVE_UP))
