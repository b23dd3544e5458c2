"""Passwords: stored as scrypt, never seen in a log."""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Collection
from hashlib import scrypt

from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

N, R, P = 2**14, 8, 1  # some 50 to 170 ms and 16 MB: in a thread, one at a time
SALT_BYTES, KEY_BYTES = 16, 32
LENGTH_MIN, SUPERVISOR_LENGTH_MIN, LENGTH_MAX = 8, 12, 128
DIFFERENT_MIN = 4  # characters
NOBODY = "scrypt$" + b64encode(bytes(SALT_BYTES)).decode() + "$" + b64encode(bytes(KEY_BYTES)).decode()


def check(password: str, number: str, rights: Collection[Right]) -> None:
    """
    Whether a person may have this password.

    :raises Refused: WEAK_PASSWORD, below 8 characters (supervisors 12), or made of too few
    """
    length_min = SUPERVISOR_LENGTH_MIN if Right.SUPERVISOR in rights else LENGTH_MIN
    varied = len(set(password.replace(number, ""))) >= DIFFERENT_MIN
    if not length_min <= len(password) <= LENGTH_MAX or not varied:
        raise Refused(Refusal.WEAK_PASSWORD)


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
    text = password[: LENGTH_MAX + 1].encode("utf-8", "surrogatepass")
    return scrypt(text, salt=salt, n=N, r=R, p=P, dklen=KEY_BYTES)
