"""The states that lines and seats show on every screen."""

from enum import Enum


class LineState(Enum):
    """What a line's icon shows."""

    NOT_LOADED = "not loaded"
    LOADED = "loaded"
    IDLE = "idle"
    RINGING_IN = "ringing"
    DIALING = "dialling"
    RINGBACK = "ring-back"
    TALKING = "talking"
    HELD = "held"
    WAIT_HANGUP = "clearing"
    FAXING = "faxing"
    DISCONNECTED = "line dead"


class SeatState(Enum):
    """What a seat's icon shows; OFF has none."""

    OFF = "off"
    IDLE_PHONE = "idle, telephone"
    IDLE_PC = "idle, computer"
    PAUSED = "paused"
    RINGING = "ringing"
    DIALING = "dialling"
    RINGBACK = "ring-back"
    TALKING = "talking"
    HELD = "held"


class FaxPhase(Enum):
    """What stands beside a line that faxes, or waits to; of a page its number behind it."""

    WAIT = "fax engine"  # all are lent
    SET_UP = "fax set-up"
    NEGOTIATE = "negotiate"
    TRAIN = "train"
    PAGE = "page"
    CONFIRM = "confirm"
    RELEASE = "release"
