"""
A message's signature: HMAC-SHA-256 over its moment and its octets, in one header.

The moment is signed too, so who has recorded a message cannot send it again later: take none older than `FRESH_S`.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime

HEADER = "Callserver-Signature"
FRESH_S = 300
FORM = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def signature(secret: str, at: datetime, body: bytes) -> str:
    """What stands in the header."""
    moment = str(int(at.timestamp()))
    return f"t={moment},v1={_mac(secret, moment, body)}"


def is_ours(secret: str, given: str, body: bytes, now: datetime, fresh_s: float = FRESH_S) -> bool:
    """What a receiver has to ask; in the same time whatever is wrong with it."""
    form = FORM.fullmatch(given)
    if form is None:
        return False
    fits = hmac.compare_digest(form[2], _mac(secret, form[1], body))
    return fits and abs(now.timestamp() - int(form[1])) <= fresh_s


def _mac(secret: str, moment: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, "sha256").hexdigest()
