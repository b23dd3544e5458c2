"""Why an agent pauses: what he can choose, and what the server says by itself."""

from __future__ import annotations

from callserver.wire.catalogue import N_, known
from callserver.wire.messages import CLIENT_LOST, MISSED, TELEPHONE_LOST, WRAP_UP

REASONS = {  # in the order of their digits
    "busy": N_("Busy"),
    "break": N_("Break"),
    "meal": N_("Meal"),
    "training": N_("Training"),
    "meeting": N_("Meeting"),
}
BY_THE_SYSTEM = {
    WRAP_UP: N_("Wrap-up"),
    MISSED: N_("Missed calls"),
    CLIENT_LOST: N_("Client lost"),
    TELEPHONE_LOST: N_("Telephone lost"),
}


def pause_word(reason: str, language: str) -> str:
    """A reason in words; a word of somebody's own as it is."""
    return known(language, (REASONS | BY_THE_SYSTEM).get(reason, reason))
