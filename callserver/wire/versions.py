"""Which version of callserver this is, and of what it says on the agents' channel."""

from __future__ import annotations

from functools import cache
from importlib import metadata

from callserver.wire.catalogue import N_, Complaint
from callserver.wire.refusals import Refused

CHANNEL_NUMBER = 1  # another one each time that a program of before would misunderstand what is said
OLD_SERVER = N_(
    "the server is older than this program ({program}, channel {here}) and does not say its version: update the "
    "server, or install the program of its version here"
)
OLDER_SERVER = N_(
    "the server has {server}, channel {there}, this program {program}, channel {here}: update the server, or install "
    "the program of its version here"
)
OLDER_PROGRAM = N_(
    "the server has {server}, channel {there}, this program {program}, channel {here}: install the program of the "
    "server's version here"
)


@cache
def own_version() -> str:
    """As `callserver --version` tells it; "" where callserver is not installed."""
    try:
        return metadata.version("callserver")
    except metadata.PackageNotFoundError:
        return ""


def difference(server: object, channel: object) -> Refused | None:
    """
    Why a program of this version does not work with a server that says this of itself; None: it does.

    :param channel: its number; whatever is none is what a server says that is older than these numbers
    """
    if channel == CHANNEL_NUMBER and type(channel) is int:
        return None
    told = {"program": own_version(), "here": CHANNEL_NUMBER, "server": str(server), "there": channel}
    if type(channel) is not int or channel < 1:
        return Refused.versions(Complaint(OLD_SERVER, **told))
    return Refused.versions(Complaint(OLDER_SERVER if channel < CHANNEL_NUMBER else OLDER_PROGRAM, **told))
