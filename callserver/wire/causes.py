"""Why something changed or ended: one code a cause, with the one detail that belongs to it; `words` has the words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Cause(Enum):
    """Stored for years in event log and call records: add, never rename. Behind some: what the detail says."""

    # of the end of a call, or of one party's part in it
    CALLER_HUNG_UP = "caller_hung_up"  # by which sign: a tone, the line's report
    CALLED_HUNG_UP = "called_hung_up"  # of a call out; likewise
    EMERGENCY = "emergency"  # its line was needed for an emergency call
    NOT_REACHED = "not_reached"  # the result of the call out
    AGENT_HUNG_UP = "agent_hung_up"
    PARTY_GONE = "party_gone"  # the others have left
    MISSED_AT_LINE = "missed_at_line"
    NO_ANSWER = "no_answer"
    LINE_LOST = "line_lost"  # what happened to it
    LINE_DISABLED = "line_disabled"
    MENU_OVER = "menu_over"
    LIMIT_REACHED = "limit_reached"  # of which stage
    SERVER_STOPPED = "server_stopped"
    TRANSFERRED = "transferred"
    GAVE_UP = "gave_up"
    CONSULT_CANCELLED = "consult_cancelled"
    NOT_CONNECTED = "not_connected"
    NOBODY_THERE = "nobody_there"
    MESSAGE_LEFT = "message_left"  # the recording's file
    CALL_BACK_WANTED = "call_back_wanted"  # which number
    # of a line's states
    LOADED = "loaded"  # which menu
    UNLOADED = "unloaded"
    ENABLED = "enabled"
    DISABLED = "disabled"
    RINGS = "rings"
    GLARE = "glare"  # he was on the line as it was seized for a call out
    ON_HOOK = "on_hook"
    LINE_BACK = "line_back"
    FAX_BEGINS = "fax_begins"
    FAX_OVER = "fax_over"  # what has come of it
    # of an agent's
    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"
    FORCED_OUT = "forced_out"  # by whom
    DISMISSED = "dismissed"  # may not work here any more
    PAUSED = "paused"
    READY = "ready"
    WRAP_UP = "wrap_up"
    WRAP_UP_OVER = "wrap_up_over"
    WRAP_UP_PROLONGED = "wrap_up_prolonged"
    CLIENT_LOST = "client_lost"
    CLIENT_BACK = "client_back"
    RIGHT_TAKEN = "right_taken"  # its number
    # of an agent's calls
    OFFERED = "offered"
    RECORD_CAME = "record_came"
    ANSWERED = "answered"
    REJECTED = "rejected"
    MISSED = "missed"
    ABANDONED = "abandoned"
    TIMED_OUT = "timed_out"
    TAKEN_ELSEWHERE = "taken_elsewhere"
    PICKED_UP = "picked_up"
    GRABBED = "grabbed"
    DIALS = "dials"
    RINGS_THERE = "rings_there"
    HELD = "held"
    RETRIEVED = "retrieved"
    RECALLED = "recalled"
    CONSULTS = "consults"
    # of supervision
    LISTENS = "listens"
    WHISPERS = "whispers"
    BARGED_IN = "barged_in"
    TAKEN_OVER = "taken_over"  # by whom
    STOPPED_LISTENING = "stopped_listening"
    BROKEN_OFF = "broken_off"  # by whom
    FORCED_PAUSE = "forced_pause"  # by whom
    THREE_WAY = "three_way"
    SWAPPED = "swapped"
    BUSY = "busy"
    SENT_ON = "sent_on"  # where to: a Target
    SENT_HERE = "sent_here"  # by whom: "seat 801"
    PARKED = "parked"  # at which place
    FETCHED = "fetched"  # from which place
    PARKED_TOO_LONG = "parked_too_long"  # at which place
    SECRET_BEGINS = "secret_begins"
    SECRET_ENDS = "secret_ends"
    CAME_BACK = "came_back"  # why: a Reason, a DialResult's value or a queue's outcome
    # of an agent's telephone
    ON_TELEPHONE = "on_telephone"
    ON_HEADSET = "on_headset"
    TELEPHONE_LOST = "telephone_lost"  # why
    TELEPHONE_NOT_REACHED = "telephone_not_reached"  # what came of dialling it


@dataclass(frozen=True)
class Reason:
    """A cause with its detail; `str` is what is stored and sent: "code" or "code: detail"."""

    cause: Cause
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.cause.value}: {self.detail}" if self.detail else self.cause.value

    @classmethod
    def parse(cls, text: str) -> Reason | None:
        """What `str` gave; None for the text of another version."""
        code, _, detail = text.partition(": ")
        return cls(Cause(code), detail) if code in _CODES else None


_CODES = {cause.value for cause in Cause}
