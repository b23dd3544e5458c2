"""What comes of faxes, as codes that are stored, and in words that a shop understands."""

from callserver.fax.t30.results import WORDS as FAX_WORDS
from callserver.wire.catalogue import N_
from callserver.wire.dial_results import WORDS as DIAL_WORDS

BROKEN = "broken"
KILLED = "server_stopped"
LIMIT = "limit"
OWN_WORDS = {
    BROKEN: N_("the server failed; its log says why"),
    KILLED: N_("the server was stopped meanwhile"),
    LIMIT: N_("a limit of calls is reached"),
    "": N_("under way"),
}
DIRECTIONS = {"in": N_("to us"), "out": N_("from us")}
_ALL = (
    {result.value: words for result, words in DIAL_WORDS.items()}
    | {result.value: words for result, words in FAX_WORDS.items()}
    | OWN_WORDS
)


def result_words(result: str | None) -> str:
    """A sentence of the catalogue; the code of another version as it is."""
    return _ALL.get(result or "", result or "")
