"""What talks come to where a shop has not said otherwise."""

from callserver.config.outcomes import TalkOutcome
from callserver.wire.catalogue import N_, text

USUAL = (N_("Sold"), N_("Enquiry"), N_("Complaint"), N_("Other"))
PROTECTS = 3


def usual_outcomes() -> tuple[TalkOutcome, ...]:
    """In both languages; a complaint keeps the recordings."""
    return tuple(
        TalkOutcome(code, text("zh", word), text("en", word), code == PROTECTS) for code, word in enumerate(USUAL, 1)
    )
