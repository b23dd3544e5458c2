"""What becomes of a caller who is handed over: said in trials as "queue operator" -> "no_agent"."""

from __future__ import annotations

from callserver.config import all_of
from callserver.ivr.menu_call import NOT_REACHED, NOT_SERVED
from callserver.ivr.menu_files.ini import name_of
from callserver.ivr.menu_files.reading import Known
from callserver.ivr.menu_files.steps import To
from callserver.wire.catalogue import N_, Complaint

ANSWERED = "answered"
NOT_SENT = ("failed", "later", "no_document", "not_now")
OUTCOMES = {  # by kind of target; the first is what comes unless a trial says otherwise
    "queue": (ANSWERED, *NOT_SERVED),
    "office": (ANSWERED, *NOT_SERVED, NOT_REACHED),
    "number": (ANSWERED, NOT_REACHED),
    "document": ("sent", *NOT_SENT),
    "mailbox": ("left", "full", "suspended", "no_box", "not_kept", "discarded", "heard", "opened"),
}
TAKEN = {kind: outcomes[0] for kind, outcomes in OUTCOMES.items()}


def read_outcome(target: str, outcome: str, known: Known) -> tuple[str, str]:
    """
    Both as a call has them; a queue may be written in small letters.

    :raises Complaint: there is no such target, or that never becomes of it
    """
    kind, _, typed = " ".join(target.split()).partition(" ")
    kind = kind.casefold()
    if kind not in OUTCOMES:
        raise Complaint("{typed}: write as queue operator=no_agent", typed=repr(f"{target}={outcome}"))
    names = known.of(To(kind))
    by_typed = {name_of(name): name for name in names or ()}
    if names is not None and name_of(typed) not in by_typed:
        hint = all_of(sorted(names))
        raise Complaint("no {kind} {name}; {hint}", kind=kind, name=repr(typed), hint=hint)
    wanted = name_of(outcome)
    if wanted not in OUTCOMES[kind]:
        never = N_("{outcome} never becomes of a {kind}; {hint}")
        raise Complaint(never, outcome=repr(wanted), kind=kind, hint=all_of(OUTCOMES[kind]))
    return f"{kind} {by_typed.get(name_of(typed), typed)}".strip(), wanted
