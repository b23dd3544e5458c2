"""What an agent's script calls the acts of the server, and what it writes behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from callserver.wire.catalogue import Complaint
from callserver.wire.script_words import Word


class Misfit(Complaint):
    """What is wrong with the words of one line; `nth` counts them from 0. None: there is no such command."""

    def __init__(self, msgid: str, nth: int | None, command: str = "", /, **details: object) -> None:
        super().__init__(msgid, **details)
        self.nth, self.command = nth, command


@dataclass(frozen=True)
class LastAnswer:
    """Stands for what the act before has answered."""


@dataclass(frozen=True)
class WaitingCall:
    """Stands for the call of somebody who waits in a queue: of this number, or the first of all."""

    caller: str = ""


ANSWER = "$"  # is written for a `LastAnswer`
Takes = Callable[[list[str]], tuple[Any, ...] | None]
"""The words behind a command as what its act is sent; None: they do not fit."""


def nothing(words: list[str]) -> tuple[Any, ...] | None:
    return None if words else ()


def one(words: list[str]) -> tuple[Any, ...] | None:
    return _one(words[0]) if len(words) == 1 else None


def words_as_one(words: list[str]) -> tuple[Any, ...] | None:
    return (" ".join(words),) if words else None


def words_or_none(words: list[str]) -> tuple[Any, ...] | None:
    return (" ".join(words),)


def one_and_words(words: list[str]) -> tuple[Any, ...] | None:
    return (*_one(words[0]), " ".join(words[1:])) if len(words) > 1 else None


def two_and_words(words: list[str]) -> tuple[Any, ...] | None:
    return (" ".join(words[:2]), " ".join(words[2:])) if len(words) > 2 else None


def whole_number(words: list[str]) -> tuple[Any, ...] | None:
    return (int(words[0]),) if len(words) == 1 and words[0].isdecimal() else None


def call_and_number(words: list[str]) -> tuple[Any, ...] | None:
    return (WaitingCall(words[0]), int(words[1])) if len(words) == 2 and words[1].isdecimal() else None


def waiting_call(words: list[str]) -> tuple[Any, ...] | None:
    return (WaitingCall(*words),) if len(words) <= 1 else None


def one_or_none(words: list[str]) -> tuple[Any, ...] | None:
    return (*words, "")[:1] if len(words) <= 1 else None


def _one(word: str) -> tuple[Any]:
    return (LastAnswer() if word == ANSWER else word,)


# as one writes it -> the act, what stands behind it, an example
ACTS: dict[str, tuple[str, Takes, str]] = {
    "answer": ("answer", nothing, ""),
    "reject": ("reject", nothing, ""),
    "hang up": ("hang_up", nothing, ""),
    "hold": ("hold", nothing, ""),
    "retrieve": ("retrieve", nothing, ""),
    "pause": ("pause", words_as_one, "lunch"),
    "ready": ("ready", nothing, ""),
    "prolong": ("prolong_wrap_up", whole_number, "30"),
    "dial": ("dial", one, "01062345678"),
    "consult": ("consult", words_as_one, "seat 802"),
    "join": ("join", nothing, ""),
    "cancel": ("cancel", nothing, ""),
    "three way": ("three_way", nothing, ""),
    "swap": ("swap", nothing, ""),
    "transfer": ("transfer", words_as_one, "queue service"),
    "pick up": ("pick_up", one, "802"),
    "pick up group": ("pick_up_group", one_or_none, "sales"),
    "grab": ("grab", waiting_call, "13912345678"),
    "park": ("park", nothing, ""),
    "fetch": ("fetch", one, "$"),
    "press": ("send_keys", one, "12#"),
    "flash": ("flash_transfer", one, "01062345678"),
    "record": ("start_recording", nothing, ""),
    "stop recording": ("stop_recording", nothing, ""),
    "hide secret": ("hide_secret", nothing, ""),
    "show again": ("show_again", nothing, ""),
    "listen": ("listen", words_as_one, "seat 802"),
    "whisper": ("whisper", nothing, ""),
    "barge in": ("barge_in", words_or_none, "seat 802"),
    "take over": ("take_over", nothing, ""),
    "stop listening": ("stop_listening", nothing, ""),
    "break off": ("break_off", two_and_words, "seat 802 queue service"),
    "force log out": ("force_log_out", one, "802"),
    "force pause": ("force_pause", one_and_words, "802 lunch"),
    "set priority": ("set_priority", call_and_number, "13912345678 5"),
    "use telephone": ("use_telephone", one_or_none, ""),
}
LONGEST = 3  # words of a command


def act_of(words: list[Word]) -> tuple[Any, ...]:
    """
    The act that a line asks for, and what it takes.

    :raises Misfit: there is none, or it takes something else
    """
    texts = [word.text for word in words]
    for n in range(min(LONGEST, len(texts)), 0, -1):
        command = " ".join(texts[:n])
        if command in ACTS:
            act, takes, example = ACTS[command]
            taken = takes(texts[n:])
            if taken is None:
                raise _takes_else(command, n, example)
            return act, *taken
    raise Misfit("", None)


def _takes_else(command: str, nth: int, example: str) -> Misfit:
    if not example:
        return Misfit("stands alone", nth, command)
    return Misfit("is written: {example}", nth, command, example=f"{command} {example}")
