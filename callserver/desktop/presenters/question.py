"""What is asked inside the window before something is lost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """One way to do it, and what the customer hears then."""

    value: str
    word: str
    heard: str


@dataclass(frozen=True)
class Question:
    """
    The button that does it is a verb; "Cancel" is what Enter presses.

    :param facts: whom it is about, and which call
    :param choices: ways to do it, the first one unless another is chosen
    """

    words: str
    do: str
    cancel: str
    facts: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    destroys: bool = True
