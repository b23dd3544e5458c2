"""What comes of a fax, the same in records, on screens and in reports."""

from enum import Enum

from callserver.wire.catalogue import N_


class FaxResult(Enum):
    """Stored for years: add, never rename."""

    SUCCESS = "success"
    NO_FAX = "no_fax"  # nothing of a fax machine was heard
    NO_IDENTIFICATION = "no_identification"  # something was, but nothing one could begin with
    CANNOT_RECEIVE = "cannot_receive"
    BOTH_RECEIVE = "both_receive"
    BOTH_SEND = "both_send"
    POLLING_REFUSED = "polling_refused"
    IMPOSSIBLE = "impossible"  # the far end asked for what was not offered
    TRAINING_FAILED = "training_failed"
    NO_ANSWER = "no_answer"
    PAGE_REFUSED = "page_refused"
    NOT_READY = "not_ready"
    HUNG_UP = "hung_up"
    LINE_LOST = "line_lost"
    CANCELLED = "cancelled"
    PAGE_GONE = "page_gone"  # ours, to be sent: deleted, or damaged
    PAGE_LATE = "page_late"  # ours, to be sent: the server was too busy to code it in time
    NOT_KEPT = "not_kept"  # theirs, received
    TOO_LONG = "too_long"  # in time, or a page in rows
    TOO_MANY_PAGES = "too_many_pages"
    MODEM_SILENT = "modem_silent"


WORDS = {
    FaxResult.SUCCESS: N_("all pages are confirmed"),
    FaxResult.NO_FAX: N_("no fax machine answered"),
    FaxResult.NO_IDENTIFICATION: N_("the fax machine at the far end did not say what it can do or wants"),
    FaxResult.CANNOT_RECEIVE: N_("the fax machine at the far end cannot receive now"),
    FaxResult.BOTH_RECEIVE: N_("the fax machine at the far end wants to receive, too"),
    FaxResult.BOTH_SEND: N_("the fax machine at the far end wants to send, too"),
    FaxResult.POLLING_REFUSED: N_("the far end asked for a document to be polled; there is none"),
    FaxResult.IMPOSSIBLE: N_("the far end asked for something that was not offered"),
    FaxResult.TRAINING_FAILED: N_("the line is too bad even for the lowest speed"),
    FaxResult.NO_ANSWER: N_("the fax machine at the far end fell silent"),
    FaxResult.PAGE_REFUSED: N_("a page arrived too badly and was refused"),
    FaxResult.NOT_READY: N_("the fax machine at the far end was not ready for too long"),
    FaxResult.HUNG_UP: N_("the fax machine at the far end broke off"),
    FaxResult.LINE_LOST: N_("the call ended before the fax was over"),
    FaxResult.CANCELLED: N_("broken off by us"),
    FaxResult.PAGE_GONE: N_("a page to be sent was gone or damaged"),
    FaxResult.PAGE_LATE: N_("a page to be sent was not ready in time"),
    FaxResult.NOT_KEPT: N_("a received page could not be stored"),
    FaxResult.TOO_LONG: N_("it is longer than a fax may be"),
    FaxResult.TOO_MANY_PAGES: N_("more pages than a fax may have"),
    FaxResult.MODEM_SILENT: N_("the modem of this line did not answer"),
}

BROKEN, KILLED, LIMIT = "broken", "server_stopped", "limit"  # beside those of the machines
OWN_WORDS = {
    BROKEN: N_("the server failed; its log says why"),
    KILLED: N_("the server was stopped meanwhile"),
    LIMIT: N_("a limit of calls is reached"),
    "": N_("under way"),
}
BY_CODE = {result.value: words for result, words in WORDS.items()} | OWN_WORDS
