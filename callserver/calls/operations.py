"""
What can be done with calls: each a change of membership or of role, used alike by the agents' channel, keys and menus.

Whether somebody may do it is asked before, by whoever asks for it; what it does to seats and lines they are told.
"""

from __future__ import annotations

from callserver.calls.call import Call, Party, Stage
from callserver.calls.roles import Role
from callserver.calls.vocabulary import Kind
from callserver.wire.causes import Cause, Reason

PRESENT = (Role.TALKS, Role.HELD, Role.ALONE, Role.CALLED)


def connect(call: Call, station: Party) -> None:
    """An agent's station and the party that waited talk to each other."""
    call.enter(Stage.TALK)
    call.give(station, Role.TALKS)
    call.give(call.first, Role.TALKS)


def hold(call: Call, station: Party, reason: Reason | None = None) -> None:
    """The others hear music; who holds them hears nobody. With a reason it was not he who asked for it."""
    _log(call, Kind.HOLD, station, reason)
    for party, part in tuple(call.parts.items()):
        if party is not station and part.role is Role.TALKS:
            call.give(party, Role.HELD, beside=station)
    call.give(station, Role.ALONE)


def retrieve(call: Call, station: Party, reason: Reason | None = None) -> None:
    """Those that this station holds are back with it. With a reason it was not he who asked for it."""
    _log(call, Kind.RETRIEVE, station, reason)
    for party, part in tuple(call.parts.items()):
        if part.role is Role.HELD and part.beside is station:
            call.give(party, Role.TALKS)
    call.give(station, Role.TALKS)


def join(first: Call, second: Call, station: Party) -> None:
    """A transfer after consultation: the held and the consulted party talk; who brought them together leaves both."""
    retrieve(first, station)
    second.leave(station, Reason(Cause.TRANSFERRED))
    first.move(second)
    first.leave(station, Reason(Cause.TRANSFERRED))


def hang_up(call: Call, party: Party, by: str, reason: Reason) -> None:
    """One goes on hook; the call goes on while two are left to talk, else it is over for all."""
    others = [other for other, part in call.parts.items() if other is not party and part.role in PRESENT]
    if len(others) >= 2:
        call.leave(party, reason)
    else:
        call.end(by, reason)


def wait_again(call: Call, station: Party, reason: Reason) -> None:
    """
    The party's agent does not come back: he is out, and the party waits for somebody else.

    A call whose caller has left it to others is over: he is not fetched back from the call he may be in by now.
    """
    if call.first not in call.parts:
        call.end("server", Reason(Cause.PARTY_GONE))
        return
    call.log(Kind.GIVEN_BACK, by=station.name, reason=str(reason))
    call.leave(station, reason)
    call.give(call.first, Role.ALONE)


def _log(call: Call, kind: Kind, station: Party, reason: Reason | None) -> None:
    if reason is None:
        call.log(kind)
    else:
        call.log(kind, by=station.name, reason=str(reason))
