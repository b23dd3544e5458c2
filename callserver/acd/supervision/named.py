"""How supervisors name what their acts are about: the checks of what they send."""

from __future__ import annotations

import re
from typing import Any

from callserver.wire.targets import Target, TargetKind

PRIORITY_MAX = 100
CHANNEL = re.compile(r"(line|seat) [0-9]{1,24}")


def channel(value: Any) -> bool:
    """A seat or a line, as the board names it: "seat 801", "line 3"."""
    return isinstance(value, str) and CHANNEL.fullmatch(value) is not None


def channel_or_none(value: Any) -> bool:
    """Likewise, or "": what one listens to."""
    return value == "" or channel(value)


def hang_up_or_queue(value: Any) -> bool:
    """What becomes of the caller: "hang up" or "queue NAME"."""
    return isinstance(value, str) and Target.parse(value).kind in (TargetKind.HANG_UP, TargetKind.QUEUE)


def priority(value: Any) -> bool:
    """A whole number; larger goes before."""
    return type(value) is int and abs(value) <= PRIORITY_MAX
