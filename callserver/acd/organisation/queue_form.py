"""What can be set of a queue: every field of `QueueSettings` with its limits and a word about it."""

from __future__ import annotations

from collections.abc import Mapping

from callserver.acd.organisation import fields
from callserver.acd.organisation.fields import Field
from callserver.acd.routing.settings import Order, Strategy
from callserver.wire.catalogue import N_

DAY_S, HOUR_S = 86400, 3600

SERVED: Mapping[str, Field] = {
    "number": fields.internal_number(N_("number that agents at telephones key for it")),
    "group": fields.name(N_("who serves it; empty: everybody who may")),
    "strategy": fields.choice(Strategy, N_("who is rung first")),
    "order": fields.choice(Order, N_("which caller is first")),
    "weight": fields.amount(int, 0, 100, N_("between queues that share people: larger first")),
    "priority": fields.amount(int, -9, 9, N_("of its callers: higher first")),
    "aging_bonus_s": fields.amount(float, 0, HOUR_S, N_("waiting that one step of priority is worth")),
    "skills": fields.levels(N_("needed, with the lowest level: zh:3, repair:1")),
    "by_language": fields.yes_no(N_("the caller's language is needed as a skill")),
    "level_step_s": fields.amount(float, 0, HOUR_S, N_("the group's next level is rung after")),
    "ring_s": fields.amount(float, 3, 120, N_("a seat rings so long")),
    "retry_s": fields.amount(float, 0, 60, N_("a seat that missed a call rests so long")),
    "reject_s": fields.amount(float, 0, HOUR_S, N_("a seat that rejected one rests so long")),
    "busy_s": fields.amount(float, 1, HOUR_S, N_("a seat that could not ring at all rests so long")),
    "misses": fields.amount(int, 0, 100, N_("so many in a row pause the agent; 0: never")),
    "wrap_up_s": fields.amount(float, 0, HOUR_S, N_("after a call")),
    "step_s": fields.amount(float, 1, 120, N_("strategy progressive: one more seat after")),
    "sticky_days": fields.amount(int, 0, 365, N_("who talked with him last is asked first; 0: not")),
}
ENTRY: Mapping[str, Field] = {
    "calendar": fields.name(N_("when it is open; empty: always")),
    "wait_for_nobody": fields.yes_no(N_("callers wait where nobody is logged in")),
    "wait_for_paused": fields.yes_no(N_("callers wait where everybody pauses")),
    "max_length": fields.amount(int, 0, 1000, N_("so many may wait; 0: no limit")),
    "max_estimate_s": fields.amount(float, 0, DAY_S, N_("longer estimates: full; 0: no limit")),
    "max_wait_s": fields.amount(float, 10, 7200, N_("nobody waits longer")),
    "cut_off_s": fields.amount(float, 0, HOUR_S, N_("who calls again within has his old place; 0: not")),
    "on_closed": fields.target(N_("where callers go then; empty: message or call-back")),
    "on_nobody": fields.target(N_("when nobody is there; empty: message or call-back")),
    "on_full": fields.target(N_("when too many wait; empty: message or call-back")),
    "on_timeout": fields.target(N_("after max_wait_s; empty: message or call-back")),
    "exit_key": fields.key(N_("leaves the queue")),
    "on_exit": fields.target(N_("where that key leads")),
}
WAITING: Mapping[str, Field] = {
    "comfort_s": fields.amount(float, 15, 600, N_("a word to the waiting, so often")),
    "place_s": fields.amount(float, 0, 600, N_("their place and estimate, so often; 0: not")),
    "estimate_ceiling_s": fields.amount(float, 0, DAY_S, N_("longer estimates are not told")),
    "call_back_key": fields.key(N_("keeps the place and is called back; empty: not offered")),
    "call_back_tries": fields.amount(int, 1, 10, N_("so often is called back")),
    "call_back_retry_s": fields.amount(float, 10, DAY_S, N_("between two tries")),
}
MEASURED: Mapping[str, Field] = {
    "service_level_s": fields.amount(float, 1, HOUR_S, N_("answered within is in time")),
    "short_abandon_s": fields.amount(float, 0, 60, N_("who gives up sooner does not count")),
    "alarm_length": fields.amount(int, 0, 1000, N_("more waiting: an alarm; 0: none")),
    "alarm_wait_s": fields.amount(float, 0, DAY_S, N_("longer waiting: an alarm; 0: none")),
    "alarm_service_level": fields.amount(float, 0, 100, N_("percent over 30 minutes; lower: an alarm; 0: none")),
}
QUEUE_FIELDS = {**SERVED, **ENTRY, **WAITING, **MEASURED}
