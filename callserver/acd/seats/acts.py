"""What an agent may ask for at his seat, by name: the acts of the seat itself, and the shape of a feature's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from callserver.acd.seats.seat import Seat
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.targets import DIGITS, Target

Check = Callable[[Any], bool]
CallCheck = Callable[..., None]
WORD_MAX, CALL_ID_MAX = 32, 64
# of the agents' channel itself: no feature's act is called so
CHANNEL_ACTS = frozenset({"hello", "audio", "change_password"})


def word(value: Any) -> bool:
    """A short text for people."""
    return isinstance(value, str) and 1 <= len(value) <= WORD_MAX and value.isprintable()


def seconds(value: Any) -> bool:
    """A whole number of seconds, an hour at most."""
    return type(value) is int and 1 <= value <= 3600


def target(value: Any) -> bool:
    """Where to: a `Target` as its `str` gives it."""
    try:
        return isinstance(value, str) and str(Target.parse(value)) == value
    except ValueError:
        return False


def number(value: Any) -> bool:
    """Digits: of a seat, a place, or outside."""
    return isinstance(value, str) and DIGITS.fullmatch(value) is not None


def meant_call(value: Any) -> bool:
    """The call that he means, by its id, as his screen shows it: nothing is done, `call-gone`, if another is there."""
    return isinstance(value, str) and 1 <= len(value) <= CALL_ID_MAX


def on_screen(seat: Seat, call_id: str, *args: Any) -> None:
    """
    The call that he means rings at his seat, or is in hand, at this moment.

    What was sent for a call that has just ended must not hit the one that comes after it.

    :raises Refused: CALL_GONE
    """
    card = seat.status.call
    if card is None or card.call_id != call_id:
        raise Refused(Refusal.CALL_GONE)


@dataclass(frozen=True)
class Act:
    """
    One act.

    :param do: called with the seat of who asks, and what he sent; what it returns, plain values (also in lists
        and dicts) or a Deferred of them, is the answer
    :param takes: a check for each argument, a named function; nothing else reaches `do`, and its name is what a
        refusal says
    :param may_take: likewise for what he may send behind these, or leave out
    :param of_call: of acts that work on a call which they do not name: he may send its id behind all else. Called with
        the seat, that id and the other arguments, it raises Refused if the act would hit another one at this moment
    :param right: asked of the staff book at the moment of the act; None where the seat itself knows
    """

    do: Callable[..., Any]
    takes: tuple[Check, ...] = ()
    right: Right | None = None
    may_take: tuple[Check, ...] = ()
    of_call: CallCheck | None = None

    @property
    def optional(self) -> tuple[Check, ...]:
        """Checks of all that may be left out, in its order."""
        return self.may_take if self.of_call is None else (*self.may_take, meant_call)

    def misfit(self, args: Sequence[Any]) -> str | None:
        """What does not fit, by its check's name, or all that is wanted if the number is wrong; None: all fits."""
        checks = (*self.takes, *self.optional)
        if not len(self.takes) <= len(args) <= len(checks):
            return ", ".join(check.__name__ for check in checks)
        return next((check.__name__ for check, arg in zip(checks, args, strict=False) if not _holds(check, arg)), None)

    def perform(self, seat: Seat, args: Sequence[Any]) -> Any:
        """Do it with arguments that fit; its answer. The call that is meant is not for `do`: by then it is that one."""
        its_own = args[: len(self.takes) + len(self.may_take)]
        if self.of_call is not None and len(args) > len(its_own):
            self.of_call(seat, args[-1], *its_own)
        return self.do(seat, *its_own)


def _holds(check: Check, arg: Any) -> bool:
    """A check that breaks on a value does not hold: its exception may quote the value, and is dropped."""
    try:
        return check(arg)
    except Exception:
        return False


def perform(acts: Mapping[str, Act], rights: Collection[Right], seat: Seat, name: str, args: Sequence[Any]) -> Any:
    """
    Do an act for the agent of a seat, by whatever way he asks for it; its answer.

    :param rights: that he holds at this moment
    :raises Refused: UNKNOWN_ACT, NO_RIGHT, BAD_ARGUMENT with the name of the check, CALL_GONE, or what the act itself
        refuses
    """
    act = acts.get(name)
    if act is None:
        raise Refused(Refusal.UNKNOWN_ACT)
    if act.right is not None and act.right not in rights:
        raise Refused.no_right(act.right)
    misfit = act.misfit(args)
    if misfit is not None:
        raise Refused(Refusal.BAD_ARGUMENT, misfit)
    return act.perform(seat, args)


SEAT_ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "answer": Act(Seat.answer, of_call=on_screen),
        "reject": Act(Seat.reject, of_call=on_screen),
        "hang_up": Act(Seat.hang_up, of_call=on_screen),
        "hold": Act(Seat.hold, of_call=on_screen),
        "retrieve": Act(Seat.retrieve, of_call=on_screen),
        "join": Act(Seat.join, of_call=on_screen),
        "cancel": Act(Seat.cancel, of_call=on_screen),
        "three_way": Act(Seat.three_way, of_call=on_screen),
        "swap": Act(Seat.swap, of_call=on_screen),
        "pause": Act(Seat.pause, (word,)),
        "ready": Act(Seat.ready),
        "prolong_wrap_up": Act(Seat.prolong_wrap_up, (seconds,)),
        "log_out": Act(Seat.log_out),
    }
)
