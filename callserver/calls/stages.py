"""Who serves a call, one after the other, and for how long at most."""

from enum import Enum


class Stage(Enum):
    """Who serves the caller; the values are shown and stored."""

    DIALLING = "dialling"  # out or to a seat, and nobody hears it yet
    RINGING = "ringing"  # in, or where it was dialled to
    MENU = "flow"
    QUEUE = "queue"
    TALK = "bridged"
    TRANSFER = "transfer"  # on his way to somebody else
    PARKED = "parked"
    FAX = "fax"
    SEAT = "station"  # the party is an agent: his line is kept up as the telephone of his seat


LIMITS_S = {
    Stage.MENU: 1800.0,
    Stage.QUEUE: 3600.0,
    Stage.TALK: 10800.0,
    Stage.TRANSFER: 300.0,
    Stage.PARKED: 3600.0,
    Stage.FAX: 1260.0,  # a fax ends itself before
    Stage.SEAT: 43200.0,
}
TAKES_KEYS = (Stage.MENU, Stage.QUEUE, Stage.SEAT)
MENUS_TURN = (Stage.RINGING, Stage.MENU)  # nobody but its menu serves it; that may not have answered yet
