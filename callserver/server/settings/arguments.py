"""What fits as an argument of the acts on settings."""

from __future__ import annotations

import re
from typing import Any

from callserver.config.editing import is_section

KEY, NEXT, DIGEST = re.compile("[a-z][a-z0-9_]{0,63}"), re.compile("[0-9]{1,6}"), re.compile("[0-9a-f]{64}")
CHANGES_MAX, VALUE_MAX, SECTION_MAX = 40, 1000, 64  # a message has at most 1024 items, a change 23
OF_SECTION = "section "
FIELDS = {"section", "key", "value"}


def settings_place(value: Any) -> bool:
    """Where the list goes on: "" at its beginning, else the "next" of the answer before; "section NAME": that alone."""
    if not isinstance(value, str):
        return False
    of_one = value.startswith(OF_SECTION) and is_section(value.removeprefix(OF_SECTION)) and len(value) <= SECTION_MAX
    return value == "" or of_one or NEXT.fullmatch(value) is not None


def setting_changes(value: Any) -> bool:
    """
    A list of at most 40 dicts {"section": "line 1-20", "key": "ring_stop_s", "value": "8"}: texts as config.ini takes
    them, at most 1000 characters; None instead of a value: the default.
    """
    return isinstance(value, list) and 1 <= len(value) <= CHANGES_MAX and all(map(_change, value))


def settings_digest(value: Any) -> bool:
    """The "digest" of the list that was looked at: so nobody writes over what somebody else has changed since."""
    return isinstance(value, str) and DIGEST.fullmatch(value) is not None


def _change(one: Any) -> bool:
    if not isinstance(one, dict) or set(one) != FIELDS or not isinstance(one["key"], str):
        return False
    section, value = one["section"], one["value"]
    named = is_section(section) and len(section) <= SECTION_MAX and KEY.fullmatch(one["key"]) is not None
    return named and (value is None or (isinstance(value, str) and len(value) <= VALUE_MAX))
