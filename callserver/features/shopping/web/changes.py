"""What has happened to orders and reservations, for programs that ask now and then."""

from __future__ import annotations

from callserver.features.shopping.rules.feed import ORDER, RESERVATION, changes_since, last_sequence
from callserver.features.shopping.tables import OrderState, ReservationState
from callserver.features.shopping.web.fields import Choice, Moment, Record, Rows, Whole, YesNo
from callserver.features.shopping.web.goods import LIMIT, PAGE
from callserver.features.shopping.web.operations import Asked, Json, Operation, conflict
from callserver.features.shopping.web.scopes import Scope
from callserver.features.shopping.web.views import ANY_TEXT
from callserver.features.shopping.web.webhooks.letters import change_as_json
from callserver.wire.catalogue import Complaint

STATES = tuple(dict.fromkeys([*OrderState, *ReservationState]))
CHANGE = Record(
    "an order or a reservation has come to a state",
    {
        "sequence": Whole("without gaps, in the order in which it happened"),
        "kind": Choice("of what", (ORDER, RESERVATION)),
        "number": ANY_TEXT,
        "state": Choice("it came to", STATES),
        "at": Moment("when"),
    },
)
ANSWER = Record(
    "the oldest first",
    {
        "changes": Rows("changes", CHANGE, PAGE, least=0),
        "after": Whole("give it as `after` the next time; keep it when the changes are kept"),
        "more": YesNo("there are more: ask at once"),
    },
)


def get_changes(asked: Asked) -> Json:
    after, most = asked.query.get("after", 0), asked.query.get("limit", PAGE)
    newest = last_sequence()
    if after > newest:  # the books were restored from a backup: what is told now would be taken for known
        raise conflict(
            "unknown_sequence", Complaint("the last change is {newest}: ask from 0 on", newest=newest), "after"
        )
    found = changes_since(after, most + 1)
    told = found[:most]
    return {
        "changes": [change_as_json(change) for change in told],
        "after": told[-1].sequence if told else after,
        "more": len(found) > most,
    }


OPERATIONS = (
    Operation(
        "getChanges",
        "GET",
        "/v1/changes",
        Scope.READ_ORDERS,
        "what has happened to orders and reservations after a sequence number",
        get_changes,
        ANSWER,
        query={"after": Whole("the last one known; 0 is from the beginning on"), "limit": LIMIT},
        refusals=(409,),
    ),
)
