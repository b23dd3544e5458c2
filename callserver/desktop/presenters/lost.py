"""That there is no connection, in words: the same on every screen that says so."""

from __future__ import annotations

from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_

RECONNECTING = N_("Connection lost, reconnecting")
CHANGED = N_("Certificate has changed; not connected")
WHAT_TO_DO = N_("Log out and compare both fingerprints with the supervisor")


def lost_word(work: Workplace) -> str:
    """What has happened; nobody waits for a server whose certificate is another one now."""
    return work.words(CHANGED if work.model.certificate_changed else RECONNECTING)


def lost_why(work: Workplace) -> str:
    """Why it has, or what to do if it does not mend by itself."""
    if work.model.certificate_changed:
        return work.words(WHAT_TO_DO)
    why = work.model.why_lost
    return work.told(why) if why is not None else ""
