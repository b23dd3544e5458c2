"""What is asked inside the window before something is lost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """The button that does it is a verb."""

    words: str
    do: str
    cancel: str
