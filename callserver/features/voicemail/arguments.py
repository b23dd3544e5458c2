"""What agents' acts on mailboxes take; each function's words are told to who writes a program for the channel."""

from __future__ import annotations

import re
from typing import Any

from callserver.features.voicemail.rules.boxes import TYPES

PART_OCTETS = 65536  # of a sound, in one answer
ID = re.compile(r"[0-9a-zA-Z-]{1,64}")


def box_number(value: Any) -> bool:
    """Of a mailbox: one to six digits."""
    return isinstance(value, str) and re.fullmatch("[0-9]{1,6}", value) is not None


def message_id(value: Any) -> bool:
    """As lists show it."""
    return isinstance(value, str) and ID.fullmatch(value) is not None


def sound_offset(value: Any) -> bool:
    """Where in a sound, in octets, from 0."""
    return type(value) is int and 0 <= value <= 100_000_000


def flag(value: Any) -> bool:
    """True or False."""
    return type(value) is bool


def box_settings(value: Any) -> bool:
    """A dict of some of: name, owner, suspended, away, messages_max, message_s, mail_to, mail_delete, deliver_at ..."""
    return (
        isinstance(value, dict)
        and value.keys() <= TYPES.keys()
        and all(type(one) is TYPES[name] for name, one in value.items())
    )
