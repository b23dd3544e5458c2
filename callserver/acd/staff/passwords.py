"""Passwords: what may be one, how it is stored (scrypt), and a first one for somebody new; never seen in a log."""

import hmac
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Collection
from hashlib import scrypt
from itertools import count

from callserver.wire.catalogue import N_
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.typed import PASSWORD_MAX, typed_password

N, R, P = 2**14, 8, 1  # some 50 to 170 ms and 16 MB: in a thread, one at a time
SALT_BYTES, KEY_BYTES = 16, 32
LENGTH_MIN, SUPERVISOR_LENGTH_MIN = 8, 12
DIFFERENT_MIN = 4  # characters
NOBODY = "scrypt$" + b64encode(bytes(SALT_BYTES)).decode() + "$" + b64encode(bytes(KEY_BYTES)).decode()
EASY_TO_READ = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another: i 1 l, o 0
PIN_MIN, PIN_MAX, FIRST_PIN = 4, 12, 6  # digits
FIRST_GROUPS, FIRST_GROUP = 4, 4  # 79 bits


def check(password: str, number: str, rights: Collection[Right]) -> None:
    """
    Whether a person may have this password (reliability-security.md section 7).

    :raises Refused: WEAK_PASSWORD, with the rule that it breaks
    """
    broken = _broken_rule(typed_password(password), number, Right.SUPERVISOR in rights)
    if broken:
        raise Refused(Refusal.WEAK_PASSWORD, broken)


def _broken_rule(password: str, number: str, supervisor: bool) -> str:
    if not password.isprintable() or "\ufffd" in password:
        return N_("it holds characters that nobody can type")
    if password != password.strip():
        return N_("it has a blank at one of its ends, which nobody sees")
    if len(password) > PASSWORD_MAX:
        return N_("it has more than 128 characters")
    if supervisor and len(password) < SUPERVISOR_LENGTH_MIN:
        return N_("a supervisor's needs at least 12 characters")
    if len(password) < LENGTH_MIN:
        return N_("it needs at least 8 characters")
    if len(set(password.replace(number, ""))) < DIFFERENT_MIN:
        return N_("it is made of too few different characters")
    return ""


def check_pin(pin: str, number: str) -> None:
    """
    Whether a person may have this PIN.

    :raises Refused: WEAK_PASSWORD, with the rule that it breaks
    """
    if not re.fullmatch("[0-9]*", pin):
        raise Refused(Refusal.WEAK_PASSWORD, N_("a PIN is made of digits"))
    if not PIN_MIN <= len(pin) <= PIN_MAX:
        raise Refused(Refusal.WEAK_PASSWORD, N_("a PIN needs 4 to 12 digits"))
    if pin == number:
        raise Refused(Refusal.WEAK_PASSWORD, N_("a PIN is not the staff number"))


def first_pin(number: str) -> str:
    """One for somebody, to be written down."""
    pins = ("".join(secrets.choice("0123456789") for _ in range(FIRST_PIN)) for _ in count())
    return next(pin for pin in pins if pin != number)


def first() -> str:
    """A password for somebody new, to be written down and changed at the first log-in; good for supervisors too."""
    groups = ("".join(secrets.choice(EASY_TO_READ) for _ in range(FIRST_GROUP)) for _ in range(FIRST_GROUPS))
    return "-".join(groups)


def stored(password: str) -> str:
    """What the database keeps of a password; takes its time."""
    salt = secrets.token_bytes(SALT_BYTES)
    return "$".join(("scrypt", b64encode(salt).decode(), b64encode(_key(password, salt)).decode()))


def matches(password: str, kept: str | None) -> bool:
    """Whether it is the password; takes the same time where nobody has one (None)."""
    _, salt, key = (kept or NOBODY).split("$")
    same = hmac.compare_digest(_key(password, b64decode(salt)), b64decode(key))
    return same and kept is not None


def _key(password: str, salt: bytes) -> bytes:
    text = typed_password(password).encode("utf-8", "surrogatepass")
    return scrypt(text, salt=salt, n=N, r=R, p=P, dklen=KEY_BYTES)
