"""Why a seat was not rung for a waiting caller: stored with every offer, told by `callserver why`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from callserver.wire.catalogue import N_, known, text
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from callserver.wire.words import RIGHT_WORDS, state_text


class Obstacle(Enum):
    """Stored for years: add, never rename. Behind some: what the detail says."""

    STATE = "state"  # which, as `SeatState` has it
    NOT_IN_GROUP = "not in the group"  # which
    NO_RIGHT = "no right to queued calls"
    NO_DIAL_RIGHT = "no right to dial the number"  # its number
    CLIENT_LOST = "client lost"
    RESTS = "has just missed a call"
    TAKEN = "rings for another caller"
    LACKS_SKILL = "lacks a skill"  # "en 2": which, and the lowest level
    LEVEL_CLOSED = "level not open yet"  # after how many seconds of waiting it opens
    LOWER_LEVEL_FIRST = "a lower level comes first"
    MISSED = "has missed this caller"
    ASKED_ALONE = "somebody else is asked alone first"


WORDS = {
    Obstacle.NOT_IN_GROUP: N_("is not in group {detail}"),
    Obstacle.NO_RIGHT: N_("has no right to queued calls"),
    Obstacle.NO_DIAL_RIGHT: N_("may not do this: {detail}"),
    Obstacle.CLIENT_LOST: N_("his computer does not answer"),
    Obstacle.RESTS: N_("has just missed a call and rests"),
    Obstacle.TAKEN: N_("rings for another caller"),
    Obstacle.LACKS_SKILL: N_("has not the skill that is needed: {detail}"),
    Obstacle.LEVEL_CLOSED: N_("stands on a level that opens after {detail} s"),
    Obstacle.LOWER_LEVEL_FIRST: N_("stands on a higher level, and the lower one comes first"),
    Obstacle.MISSED: N_("has missed this caller already, others come first"),
    Obstacle.ASKED_ALONE: N_("somebody else is asked alone first"),
}


@dataclass(frozen=True)
class PassedOver:
    """An obstacle with its detail; `str` is what is stored: "code" or "code: detail", of a state the state alone."""

    obstacle: Obstacle
    detail: str = ""

    def __str__(self) -> str:
        if self.obstacle is Obstacle.STATE:
            return self.detail
        return f"{self.obstacle.value}: {self.detail}" if self.detail else self.obstacle.value


def in_state(state: SeatState) -> PassedOver:
    """The seat is busy, or its agent pauses."""
    return PassedOver(Obstacle.STATE, state.value)


def obstacle_text(stored: str, language: str) -> str:
    """What `str` gave, in words; a state's name is a state, and the code of another version stays as it is."""
    code, _, detail = stored.partition(": ")
    if code not in _CODES:
        return state_text(stored, language)
    obstacle = Obstacle(code)
    if obstacle is Obstacle.NO_DIAL_RIGHT and detail.isdecimal():
        detail = known(language, RIGHT_WORDS[Right(int(detail))])
    return text(language, WORDS[obstacle], detail=detail)


_CODES = {obstacle.value for obstacle in WORDS}
