"""The 18 rights a person may hold, one by one; no right implies another."""

from enum import IntEnum


class Right(IntEnum):
    """Numbered as the solution document numbers them."""

    SUPERVISOR = 1
    ANSWER_INTERNAL = 2
    ANSWER_QUEUED = 3
    PICK_UP = 4
    GRAB = 5
    PLAY_RECORDINGS = 6
    DOWNLOAD_RECORDINGS = 7
    START_RECORDING = 8
    DIAL_INTERNAL = 9
    DIAL_LOCAL = 10
    DIAL_NATIONAL = 11
    DIAL_INTERNATIONAL = 12
    RECEIVE_FAX = 13
    DOWNLOAD_FAX = 14
    SEND_FAX = 15
    LISTEN = 16
    BARGE_IN = 17
    FORCE_LOG_OUT = 18
