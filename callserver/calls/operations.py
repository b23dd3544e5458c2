"""
What can be done with calls: each a change of membership or of role, used alike by the agents' channel, keys and menus.

Whether somebody may do it is asked before, by whoever asks for it; what it does to seats and lines they are told.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.python.failure import Failure

from callserver.calls.call import Call, Party
from callserver.calls.roles import Part, Role
from callserver.calls.stages import Stage
from callserver.calls.vocabulary import Kind
from callserver.dsp.frames import FloatArray
from callserver.media.loan import Exchange
from callserver.wire.causes import Cause, Reason

LINES_ALONE_S = 1800.0  # two lines are bound for so long at most (reliability-security.md section 8)
PRESENT = (Role.TALKS, Role.HELD, Role.ALONE, Role.CALLED, Role.FAXES)


def connect(call: Call, station: Party, party: Party | None = None) -> None:
    """An agent's station and the party that waited, the call's first if no other is named, talk to each other."""
    call.enter(Stage.TALK)
    call.give(station, Role.TALKS)
    call.give(party or call.first, Role.TALKS)


def join_lines(call: Call, out: Call, party: Party) -> None:
    """Whoever a call out has reached talks with a party of this call, on two lines, nobody of the house with them."""
    called = out.first
    call.move(out)
    call.enter(Stage.TALK, LINES_ALONE_S)
    call.lines_alone = True
    call.give(called, Role.TALKS)
    call.give(party, Role.TALKS)


def wait_with_music(call: Call, party: Party, stage: Stage) -> None:
    """Nobody holds this party, and it hears music until somebody has it."""
    call.enter(stage)
    call.give(party, Role.HELD)


def hold(call: Call, station: Party, reason: Reason | None = None) -> None:
    """
    The others hear music; who holds them hears nobody.

    :param reason: it was not he who asked for it: two others talk on meanwhile
    """
    _log(call, Kind.HOLD, station, reason)
    _hold(call, station, reason)


def _hold(call: Call, station: Party, reason: Reason | None = None) -> None:
    others = [party for party, part in call.parts.items() if party is not station and part.role is Role.TALKS]
    if reason is None or len(others) < 2:
        for party in others:
            call.give(party, Role.HELD, beside=station)
    call.give(station, Role.ALONE)


def retrieve(call: Call, station: Party, reason: Reason | None = None) -> None:
    """Those that this station holds are back with it. With a reason it was not he who asked for it."""
    _log(call, Kind.RETRIEVE, station, reason)
    for party in (*_held_by(call, station), station):
        call.give(party, Role.TALKS)


def take_held(call: Call, station: Party, reason: Reason) -> None:
    """Those that somebody holds talk with another station, and who held them is out."""
    for party, part in tuple(call.parts.items()):
        if part.role is Role.HELD and part.beside is not None:
            call.leave(part.beside, reason)
            connect(call, station, party)
    if station not in call.parts:  # whoever there is has put the call aside meanwhile
        call.enter(Stage.TALK)
        call.give(station, Role.TALKS)
        hold_for_who_is_away(call)


def join(first: Call, second: Call, station: Party) -> None:
    """
    A transfer after consultation: who brought the two together leaves both, and the held party takes his place.

    So it talks with whom he talked with, or is held by who held him. Where nobody has answered yet there is no place:
    it hears music on, until `bring` brings somebody or `keep_for` gives it back; or how the line rings.
    """
    first.log(Kind.JOINED, by=station.name, call=second.id)
    _go_over(first, second, station)
    on_his_way = not second.is_answered
    held, place = _held_by(first, station), _merge(first, second, station)
    first.leave(station, Reason(Cause.TRANSFERRED))
    if on_his_way:
        first.enter(Stage.TRANSFER)
    if place is not None:
        for party in held:
            first.give(party, place.role, place.beside)
    hold_for_who_is_away(first)


def three_way(first: Call, second: Call, station: Party) -> None:
    """All three talk: the consultation becomes part of the first call, its parties join the held one and the agent."""
    first.log(Kind.THREE_WAY, by=station.name, call=second.id)
    _go_over(first, second, station)
    held = _held_by(first, station)
    place = _merge(first, second, station) or Part(Role.TALKS)
    for party in (*held, station):
        first.give(party, place.role, place.beside)
    hold_for_who_is_away(first)


def bring(call: Call, station: Party) -> None:
    """
    Somebody answers, and talks with those who wait for it: who has dialled, or a party that was passed on.

    Who was passed on, and is back at another call of his meanwhile, is not fetched from there: it waits for him.
    """
    waiting = [party for party in call.parts if _waits(call, party)]
    call.enter(Stage.TALK)
    for party in (station, *waiting):
        call.give(party, Role.TALKS)
    hold_for_who_is_away(call)


def keep_for(call: Call, station: Party) -> bool:
    """
    Whom a party was passed on to has not come: it hears music until this station, which has left, is back.

    :return: False: nobody needs it, for they have each other: one holds the other, and will be back himself
    """
    if any(_held_by(call, party) for party in call.parts):
        call.enter(Stage.TALK)
        return False
    call.enter(Stage.TRANSFER)
    for party in tuple(call.parts):
        if not _is_elsewhere(call, party):
            call.give(party, Role.HELD, beside=station)
    return True


def fax(call: Call, party: Party, exchange: Exchange, on_over: Callable[[Failure | None], None]) -> None:
    """
    A party's sound is a fax's from now on; the others wait in silence until it has another role again.

    :param on_over: told when it has, or has gone; or what the exchange raised
    """
    call.recording.mark("fax")
    call.give(party, Role.FAXES)
    call.enter(Stage.FAX)
    if party.leg is not None:
        party.leg.lend(exchange, on_over)


def hang_up(call: Call, party: Party, by: str, reason: Reason) -> None:
    """
    One goes on hook; the call goes on while two are left to talk, else it is over for all.

    Unless an agent does so on whom a menu waits (a survey): it has the caller again.
    """
    if leave_to_others(call, party, reason):
        return
    if reason.cause is Cause.AGENT_HUNG_UP and party is not call.first and call.goes_on:
        leave_alone(call, reason)
        call.left_behind()
    else:
        call.end(by, reason)


def barge_in(call: Call, station: Party, tone: FloatArray | None) -> None:
    """One more talks with those who talk; the tone tells them, and is on the recording."""
    call.guests[station] = None
    call.give(station, Role.TALKS)
    for party, part in call.parts.items():
        if tone is not None and part.role is Role.TALKS and party.leg is not None:
            party.leg.play([tone])


def free_held(call: Call) -> None:
    """Whom somebody holds who has left the call is held no more."""
    for party, part in tuple(call.parts.items()):
        if part.role is Role.HELD and part.beside is not None and part.beside not in call.parts:
            call.give(party, Role.TALKS)
    hold_for_who_is_away(call)


def leave_to_others(call: Call, party: Party, reason: Reason) -> bool:
    """
    One leaves a call in which two are left to talk, also those he held.

    :return: False: there are no two, and nothing has changed
    """
    others = [other for other, part in call.parts.items() if other is not party and part.role in PRESENT]
    if len(others) < 2:
        return False
    held = _held_by(call, party)
    call.leave(party, reason)
    for other in held:
        call.give(other, Role.TALKS)
    hold_for_who_is_away(call)
    return True


def wait_again(call: Call, station: Party, reason: Reason) -> bool:
    """
    The party's agent does not come back: he is out, and the party waits for somebody else.

    While others are left to talk with the party goes on with them. A call whose caller has left it to others is over:
    he is not fetched back from the call he may be in by now.

    :return: whether the party waits
    """
    if call.first not in call.parts:
        call.end("server", Reason(Cause.PARTY_GONE))
        return False
    call.log(Kind.GIVEN_BACK, by=station.name, reason=str(reason))
    if leave_to_others(call, station, reason):
        return False
    call.leave(station, reason)
    call.give(call.first, Role.ALONE)
    return call.ended is None


def leave_alone(call: Call, reason: Reason) -> None:
    """All but the first party leave; who joined last goes first, so that nobody is left to take the call over."""
    for party in reversed(tuple(call.parts)):
        if party is not call.first:
            call.leave(party, reason)
    call.give(call.first, Role.ALONE)


def hold_for_who_is_away(call: Call) -> None:
    """
    Who would talk with nobody but one who has put the call aside is held by him, and hears music until he is back.

    Two agents may each have put a call aside when one of them brings somebody else into it, or leaves it.
    """
    talk = [party for party, part in call.parts.items() if part.role is Role.TALKS]
    away = [party for party, part in call.parts.items() if part.role is Role.ALONE]
    if len(talk) == 1 and away:
        call.give(talk[0], Role.HELD, beside=away[0])


def _merge(first: Call, second: Call, station: Party) -> Part[Party] | None:
    """The second call's other parties join the first in their roles; what the station was to them, if there are any."""
    place = second.parts.get(station)
    second.leave(station, Reason(Cause.TRANSFERRED))
    answered = bool(second.parts)
    first.move(second)
    if place is not None and place.role is Role.ALONE:  # whom he had put aside has put him aside, too
        place = Part(Role.TALKS)
    return place if answered else None


def _go_over(first: Call, second: Call, station: Party) -> None:
    """Who keeps the second call's parties held, and talks in the first, does it the other way round."""
    held = _held_by(second, station)
    if held:
        _hold(first, station)
        for party in (*held, station):
            second.give(party, Role.TALKS)


def _held_by(call: Call, station: Party) -> list[Party]:
    return [party for party, part in call.parts.items() if part.role is Role.HELD and part.beside is station]


def _waits(call: Call, party: Party) -> bool:
    """Nobody is there for it: who holds it has left, or it is alone, holds nobody, and is not in another call."""
    part = call.parts[party]
    if part.role is Role.HELD:
        return part.beside not in call.parts
    return part.role is Role.ALONE and not _held_by(call, party) and not _is_elsewhere(call, party)


def _is_elsewhere(call: Call, party: Party) -> bool:
    """His leg serves another call of his: he has put this one aside."""
    return party.leg is not None and party.leg.call_id not in (None, call.id)


def _log(call: Call, kind: Kind, station: Party, reason: Reason | None) -> None:
    call.recording.mark(kind.value)
    if reason is None:
        call.log(kind)
    else:
        call.log(kind, by=station.name, reason=str(reason))
