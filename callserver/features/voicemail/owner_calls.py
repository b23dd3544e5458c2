"""
Owners are called when there is something new for them, or at the time that is set for their box.

Only numbers that the shop has set for a box are called, of a class that [voicemail] call allows, within its hours, on
a line outside the reserve; the dial guard judges every one. A try is counted on disk before it begins: three in all,
half an hour apart, where [voicemail] says nothing else. Whoever lifts hears nothing before he has pressed 1; and then
nothing of the messages before the PIN, unless the shop has set a time (`deliver_at`) at which they are to be delivered.

信箱回电：仅拨商店为信箱设置的号码，按键接受后才播放；未设定投递时间的信箱须先输入密码。
"""

from __future__ import annotations

from datetime import timedelta, tzinfo

from callserver.calls.calling import CallingRounds, Reached
from callserver.calls.calls_out import Dialler
from callserver.calls.event_log import EventLog
from callserver.config.hours import within
from callserver.features import House
from callserver.features.voicemail import rules
from callserver.features.voicemail.rules import Telling
from callserver.store.database import Store
from callserver.wire.catalogue import N_
from callserver.wire.refusals import Refusal, Refused

LOOK_S = 20.0
WHO = "mail"  # dials, for the guard and the caps


class OwnerCalls(CallingRounds):
    """
    :param zone: of the shop's day
    :param menu: the name of the one that tells; it asks `telling_of` what
    """

    def __init__(
        self,
        house: House,
        store: Store,
        events: EventLog,
        zone: tzinfo,
        menu: str,
    ) -> None:
        super().__init__(house.clock, LOOK_S)
        self._house, self._store, self._events = house, store, events
        self._zone, self._menu = zone, menu
        self._under_way: dict[str, Telling] = {}  # by call

    def telling_of(self, call_id: str) -> Telling | None:
        """What a call is about that was dialled for a box."""
        return self._under_way.get(call_id)

    async def call_round(self) -> None:
        """One after the other, while there is a line for it."""
        now, settings = self._events.now(), self._house.settings().voicemail
        if not within(settings.call_hours, now.astimezone(self._zone)):
            return
        for telling in await self._store.read(rules.due_tellings, now):
            kind = self._house.calls_out().classify(telling.number)
            if kind.name.lower() not in settings.call:
                barred = N_("the owner of mailbox {box} is not called at {number}: [voicemail] call does not have it")
                self._house.alarm(barred, box=telling.box, number=telling.number)
                await self._store.write(rules.told, telling.box)
            elif not await self._call(telling):
                return

    async def _call(self, telling: Telling) -> bool:
        """One call, to its end; whether a line was there for it."""
        asks = Dialler(WHO, allowed=frozenset((telling.number,)), may_use_reserve=False)
        if not self._house.calls_out().has_line_for(asks):
            return False
        settings, now = self._house.settings().voicemail, self._events.now()
        again = timedelta(minutes=settings.call_again_min)
        if not await self._store.write(rules.try_telling, telling.box, now, settings.call_tries, again):
            return True
        reached = Reached()
        try:
            call = self._house.calls_out().dial(telling.number, asks, reached)
        except Refused as refused:
            return refused.code is not Refusal.NOT_NOW
        self._under_way[call.id] = telling
        try:
            await reached.serve(call, lambda call: self._house.serve(call, self._menu))
        finally:
            del self._under_way[call.id]
        return True
