"""What a person should see to: a sentence of the catalogue with its data, kept in the event log for any language."""

from collections.abc import Mapping
from typing import Protocol

from callserver.wire.catalogue import Sentence, fill, known
from callserver.wire.messages import Phrase
from callserver.wire.records import Value

TEXT = "text"  # under this name an event has the sentence; before that, and in plain words, what was to be said


class Alarm(Protocol):
    """Gives the alarm, with a sentence marked by `N_` and its details, none of which is called `text`."""

    def __call__(self, msgid: str, /, **details: object) -> None: ...


def alarm_data(msgid: str, details: Mapping[str, object]) -> dict[str, Value]:
    """As an event keeps it; a detail that is a sentence is kept as one, and every other exception as its text."""
    return {TEXT: msgid} | {name: _kept(detail) for name, detail in details.items()}


def alarm_text(data: Mapping[str, Value], language: str) -> str:
    """What `alarm_data` gave, in "zh" or "en"; the ready-made text of an older version as it came, braces and all."""
    words = known(language, str(data.get(TEXT, "")))
    if len(data) <= 1:
        return words
    return fill(language, words, {name: _told(detail, language) for name, detail in data.items()})


def alarm_phrase(data: Mapping[str, Value]) -> Phrase:
    """What `alarm_data` gave, for a screen in any language."""
    details = {name: _shown(detail) for name, detail in data.items() if name != TEXT}
    return Phrase(str(data.get(TEXT, "")), details)


def _shown(detail: Value) -> str | int:
    return detail if type(detail) is int else str(_told(detail, "en"))


def _kept(detail: object) -> Value:
    if isinstance(detail, Sentence):
        return alarm_data(detail.msgid, detail.details)
    return detail if detail is None or isinstance(detail, str | int | float) else str(detail)


def _told(detail: Value, language: str) -> Value:
    return alarm_text(detail, language) if isinstance(detail, dict) else detail
