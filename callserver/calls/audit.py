"""Who did, or tried to do, what a shop wants to be able to look up afterwards: acts by rights 1, 5-8 and 13-18."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from twisted.logger import Logger

from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.problems import why
from callserver.wire.refusals import Refused

log = Logger()

DONE = "done"


def audit(
    events: EventLog, person: str, act: str, target: str = "", *, call_id: str | None = None, result: str = DONE
) -> None:
    """
    Write down one act.

    :param person: who, his staff number
    :param act: by its name on the agents' channel
    :param target: to whom or what: "seat 802", "line 3", a file
    :param call_id: which call it was about, if it was about one
    :param result: DONE, or why not: a `Refused` as its `str` gives it
    """
    events.write(Kind.AUDIT, call_id=call_id, person=person, act=act, target=target, result=result)


@contextmanager
def audited(events: EventLog, person: str, act: str, target: str = "", *, call_id: str | None = None) -> Iterator[None]:
    """Write down what is done in this block, or that it was refused; `act` "" is not noted."""
    try:
        yield
    except Refused as refused:
        if act:
            audit(events, person, act, target, call_id=call_id, result=str(refused))
        raise
    if act:
        audit(events, person, act, target, call_id=call_id)


@contextmanager
def in_words() -> Iterator[None]:
    """What is complained of in this block, and what a disk does not do, is refused in words any program can show."""
    try:
        yield
    except Complaint as problem:
        raise Refused.not_saved(problem) from problem
    except OSError as problem:
        log.failure("files fail")
        said = Complaint(N_("the server could not use its files: {problem}"), problem=why(problem))
        raise Refused.not_saved(said) from problem
