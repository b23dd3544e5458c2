"""What can be set of a person, as text: what `staff set KEY=VALUE` takes, and the agents' channel."""

from __future__ import annotations

from callserver.acd.organisation import fields
from callserver.acd.organisation.fields import Field, items
from callserver.acd.organisation.forms import Form
from callserver.acd.organisation.references import PERSON
from callserver.acd.staff.day_caps import read_caps, show_caps
from callserver.acd.staff.rules import Staff, StaffError, staff_name
from callserver.config import Unfit, nearest
from callserver.wire.catalogue import LANGUAGES, N_
from callserver.wire.rights import Right

RIGHTS = {right.name.lower().replace("_", "-"): right for right in Right}  # as they are shown, and in mistakes
WRAP_UP_MAX_S = 3600


def read_rights(text: str) -> frozenset[Right]:
    """
    answer-queued, pick-up

    :raises Unfit: one of them is none; with the likest
    """
    return frozenset(_right(item) for item in items(text))


def _right(item: str) -> Right:
    typed = item.lower().replace("_", "-")
    if typed not in RIGHTS:
        raise Unfit("{hint}", hint=nearest(typed, RIGHTS))
    return RIGHTS[typed]


def show_rights(rights: frozenset[Right]) -> str:
    """As they are typed, in the order of their numbers."""
    return ", ".join(name for name, right in RIGHTS.items() if right in rights)


def _read_name(text: str) -> str:
    try:
        return staff_name(text)
    except StaffError as problem:
        raise Unfit(problem.msgid, **problem.details) from None


STAFF_FORM = Form(
    PERSON,
    {
        "name": Field(_read_name, str, N_("for people")),
        "rights": fields.list_of(read_rights, show_rights, N_("what he may do: answer-queued, pick-up"), tuple(RIGHTS)),
        "skills": fields.levels(N_("what he can, with the level; languages too: zh:5, en:2")),
        "phone": fields.phone(N_("of his seat, as it is dialled from the shop")),
        "language": fields.word_of(LANGUAGES, N_("in which his telephone speaks to him")),
        "caps": fields.list_of(read_caps, show_caps, N_("a day: local 120min 40calls, national 0calls")),
        "wrap_up_s": fields.optional_amount(0, WRAP_UP_MAX_S, N_("after a call; empty: as the queue says")),
        "disabled": fields.yes_no(N_("he may not log in; who is logged in is logged out")),
    },
    lambda number: Staff(number, "", frozenset()),
    fields.read_number,
    key="number",
)
