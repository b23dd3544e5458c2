"""What comes of a call out (call-centre.md section 2, rule 7), the same in events, on screens and for callers."""

from enum import Enum

from callserver.wire.catalogue import N_


class DialResult(Enum):
    """Stored for years: add, never rename."""

    ANSWERED = "answered"
    BUSY = "busy"
    CONGESTION = "congestion"
    NO_ANSWER = "no_answer"
    RINGBACK_THEN_SILENCE = "ringback_then_silence"
    SILENCE = "silence"
    UNALLOCATED = "unallocated"
    NO_DIAL_TONE = "no_dial_tone"
    REFUSED = "refused"  # by rights, caps or the plan: nothing was dialled
    NO_LINE = "no_line"  # none was free
    GLARE = "glare"  # somebody called in on the line as it was seized
    LINE_LOST = "line_lost"
    NO_MACHINE = "no_machine"  # a fax was to be sent, and a person or a voice was there
    GAVE_UP = "gave_up"  # whoever dialled hung up before


WORDS = {
    DialResult.ANSWERED: N_("answered"),
    DialResult.BUSY: N_("busy"),
    DialResult.CONGESTION: N_("the network is congested"),
    DialResult.NO_ANSWER: N_("no answer"),
    DialResult.RINGBACK_THEN_SILENCE: N_("it rang, then nothing was heard"),
    DialResult.SILENCE: N_("nothing was heard"),
    DialResult.UNALLOCATED: N_("there is no such number"),
    DialResult.NO_DIAL_TONE: N_("no dial tone on the line"),
    DialResult.REFUSED: N_("may not be dialled"),
    DialResult.NO_LINE: N_("no line was free"),
    DialResult.GLARE: N_("a caller came in on the line at the same moment"),
    DialResult.LINE_LOST: N_("the line was lost"),
    DialResult.NO_MACHINE: N_("a voice or music, and no fax machine"),
    DialResult.GAVE_UP: N_("given up before an answer"),
}
