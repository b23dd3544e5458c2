"""What stands in the log-in panel, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto

from callserver.desktop.own_settings import OwnSettings


@dataclass(frozen=True)
class Typed:
    """What stands in the fields."""

    server: str = ""
    number: str = ""
    password: str = ""
    new: str = ""
    again: str = ""
    by_telephone: bool = False
    telephone: str = ""


class Beside(Enum):
    """Which field a line is about."""

    SERVER = auto()
    CERTIFICATE = auto()
    PERSON = auto()
    NEW_PASSWORD = auto()
    TELEPHONE = auto()


class Trust(Enum):
    """How the server's certificate stands to what is remembered."""

    UNSEEN = auto()
    KNOWN = auto()
    FIRST = auto()
    CHANGED = auto()


@dataclass(frozen=True)
class LogInData:
    """
    :param certificate: a sentence, while the certificate has to be judged
    :param fingerprints: the one that is shown; before it the one that is trusted, if that is another one
    """

    servers: tuple[str, ...]
    reach: str
    is_reachable: bool
    is_coming: bool  # not there yet, and that is as it should be
    trust: Trust
    certificate: str
    fingerprints: tuple[str, ...]
    must_change: bool
    is_changed: bool  # the new password has been taken, and is the one from now on, though the log-in was refused
    may_take_over: bool
    is_busy: bool
    problem: str
    beside: Beside
    why_here: str  # why one has been logged out


def first_typed(settings: OwnSettings, server: str = "", number: str = "") -> Typed:
    """What stands in the fields at first: what is given, else what was there the last time."""
    now = settings.now
    return Typed(
        server=server or next(iter(now.servers), ""),
        number=number or now.number,
        by_telephone=now.by_telephone,
        telephone=now.telephone,
    )


def without_secrets(typed: Typed) -> Typed:
    """For the next log-in at this window."""
    return replace(typed, password="", new="", again="")
