"""Recordings in words for people."""

from __future__ import annotations

from callserver.features.recordings.facts import SELF_SERVICE
from callserver.features.recordings.search import Recorded
from callserver.wire.catalogue import N_, text
from callserver.wire.words import code_text

OUTCOMES = {SELF_SERVICE: N_("self-service")}


def outcome_text(outcome: str, language: str) -> str:
    """What came of the call."""
    return text(language, OUTCOMES[outcome]) if outcome in OUTCOMES else code_text(outcome, language)


def length_text(seconds: float | None) -> str:
    """Minutes and seconds; "…" while it runs."""
    if seconds is None:
        return "…"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def place_text(at_s: float) -> str:
    """Where in a recording."""
    return f"{int(at_s // 60)}:{at_s % 60:04.1f}"


def state_text(one: Recorded, language: str) -> str:
    """What became of it, where that is to be known."""
    if one.deleted is not None:
        return text(language, N_("deleted"))
    if one.length_s is None:
        return text(language, N_("still runs"))
    return text(language, N_("protected")) if one.protected else ""
