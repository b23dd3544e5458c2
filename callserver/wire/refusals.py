"""Why something asked for is not done, in words for people, the same at both ends of the agent channel."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

from twisted.spread import pb

from callserver.wire.catalogue import LANGUAGES, N_, Complaint, Detail, Sentence, text, told
from callserver.wire.causes import Reason
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from callserver.wire.targets import Target
from callserver.wire.words import right_text, state_text, target_text


class Refusal(Enum):
    """The reasons; the values are what goes over the wire."""

    LOG_IN = "log-in"  # wrong, unknown and locked: the same words, so that nobody learns which
    TOO_MANY_TRIES = "too-many-tries"
    ELSEWHERE = "elsewhere"
    NO_RIGHT = "no-right"  # detail: the right's number
    NOT_NOW = "not-now"  # detail: a state's value, or a Reason
    NO_CALL = "no-call"
    CALL_GONE = "call-gone"  # the call that was meant is not the one in hand, or of that channel, any more
    BAD_ARGUMENT = "bad-argument"  # detail: the argument's name, never its value
    NOWHERE = "nowhere"  # detail: the Target that there is not
    NOT_AVAILABLE = "not-available"  # detail: the Target that takes no call now
    ONESELF = "oneself"
    SEVERAL = "several"
    NOT_THE_CALLER = "not-the-caller"
    NO_RECORDING = "no-recording"
    NOT_YOURS = "not-yours"
    TAKEN_OVER = "taken-over"  # detail: at which seat
    NO_SECRET = "no-secret"
    NOBODY_HEARS = "nobody-hears"
    NO_FLASH = "no-flash"
    UNKNOWN_ACT = "unknown-act"
    NOT_SAVED = "not-saved"  # detail: why, a sentence of the catalogue with its data, as JSON: [sentence, {name: data}]
    WEAK_PASSWORD = "weak-password"  # detail: the rule that it breaks, a sentence of the catalogue
    MUST_CHANGE = "must-change"  # the password was right, and has to be changed before anything else
    LIMIT = "limit"  # detail: the limit
    VERSIONS = "versions"  # of program and server, told by the program; detail: which has what, as in NOT_SAVED
    STOPPING = "stopping"
    SERVER = "server"


TEXTS = {
    Refusal.LOG_IN: N_("wrong number or password, or the account is locked"),
    Refusal.TOO_MANY_TRIES: N_("too many tries; connect again"),
    Refusal.ELSEWHERE: N_("already logged in elsewhere"),
    Refusal.NO_RIGHT: N_("not allowed: {detail}"),
    Refusal.NOT_NOW: N_("not possible now: {detail}"),
    Refusal.NO_CALL: N_("there is no such call"),
    Refusal.CALL_GONE: N_("that call is not here any more; nothing was done"),
    Refusal.BAD_ARGUMENT: N_("an argument does not fit: {detail}"),
    Refusal.NOWHERE: N_("there is no such place: {detail}"),
    Refusal.NOT_AVAILABLE: N_("takes no call now: {detail}"),
    Refusal.ONESELF: N_("that is your own seat"),
    Refusal.SEVERAL: N_("not while several parties are in the call"),
    Refusal.NOT_THE_CALLER: N_("only the party the call began with can be sent to a queue or a menu"),
    Refusal.NO_RECORDING: N_("cannot be recorded: no room on the disk, or nothing to record"),
    Refusal.TAKEN_OVER: N_("the supervisor at seat {detail} has taken this call over"),
    Refusal.NO_SECRET: N_("no secret is being told in this call"),
    Refusal.NO_FLASH: N_("the line of this call is not one that transfers by a flash, or does so already"),
    Refusal.NOBODY_HEARS: N_("nobody would hear it: the other end is gone, or keys in a secret"),
    Refusal.NOT_YOURS: N_("only who started it can stop it, while it runs"),
    Refusal.UNKNOWN_ACT: N_("the server knows no such act"),
    Refusal.NOT_SAVED: N_("not saved: {detail}"),
    Refusal.WEAK_PASSWORD: N_("the new password cannot be taken: {detail}"),
    Refusal.MUST_CHANGE: N_("the password has to be changed before the first log-in"),
    Refusal.LIMIT: N_("beyond the limit: {detail}"),
    Refusal.VERSIONS: N_("versions differ: {detail}"),
    Refusal.STOPPING: N_("the server stops; the program connects again by itself"),
    Refusal.SERVER: N_("the server failed; its log says why"),
}


class Refused(pb.Error):
    """
    What was asked for is not done, and nothing has changed; `str` is the wire form "code" or "code: detail".

    A pb.Error, so it reaches the desktop program without a traceback in the server's log.
    """

    def __init__(self, code: Refusal, detail: str | Reason | Target | LineState | SeatState = "") -> None:
        self.code, self.detail = code, detail.value if isinstance(detail, LineState | SeatState) else str(detail)
        super().__init__(f"{code.value}: {self.detail}" if self.detail else code.value)

    @classmethod
    def no_right(cls, right: Right) -> Refused:
        """The person does not hold this right."""
        return cls(Refusal.NO_RIGHT, str(int(right)))

    @classmethod
    def not_saved(cls, why: Complaint) -> Refused:
        """What was to be set cannot be so."""
        return cls(Refusal.NOT_SAVED, json.dumps(_packed(why), ensure_ascii=False))

    @classmethod
    def versions(cls, why: Complaint) -> Refused:
        """Program and server do not understand each other."""
        return cls(Refusal.VERSIONS, json.dumps(_packed(why), ensure_ascii=False))

    @classmethod
    def from_wire(cls, text: str) -> Refused:
        """What the other end raised; a code of a newer server becomes SERVER with the text as it came."""
        code, _, detail = text.partition(": ")
        known = {refusal.value: refusal for refusal in Refusal}
        return cls(known[code], detail) if code in known else cls(Refusal.SERVER, text)

    @property
    def msgid(self) -> str:
        """With `details`: it is a sentence of the catalogue, as a `Complaint` is."""
        return TEXTS[self.code]

    @property
    def details(self) -> Mapping[str, Detail]:
        why = self.why
        if why is not None:
            return {"detail": why}
        return {f"detail_{language}": self._detail_text(language) for language in LANGUAGES}

    @property
    def why(self) -> Complaint | None:
        """Of NOT_SAVED and VERSIONS, the sentence that says why; None: another server has no sentence for it."""
        if self.code not in (Refusal.NOT_SAVED, Refusal.VERSIONS):
            return None
        try:
            return _sentence(json.loads(self.detail))
        except (ValueError, TypeError, AttributeError):
            return None

    @property
    def data(self) -> Mapping[str, Any]:
        """Of NOT_SAVED, the data of its sentence, such as the "field" that it is about."""
        try:
            _, data = json.loads(self.detail)
        except (ValueError, TypeError):
            return {}
        return data if isinstance(data, dict) else {}

    def text(self, language: str) -> str:
        """One line for a person, in "zh" or "en"."""
        return text(language, TEXTS[self.code], detail=self._detail_text(language))

    def in_full(self, language: str) -> str:
        """The same with its code, by which a script can expect it and a person ask: how every command prints it."""
        return f"{self.text(language)} [{self.code.value}]"

    def _detail_text(self, language: str) -> str:
        if self.code is Refusal.NO_RIGHT:
            return right_text(self.detail, language)
        if self.code is Refusal.BAD_ARGUMENT:
            return self.detail
        if self.code in (Refusal.NOT_SAVED, Refusal.VERSIONS):
            return told(self.why, language) if self.why is not None else self.detail
        if self.code in (Refusal.NOWHERE, Refusal.NOT_AVAILABLE):
            return target_text(self.detail, language)
        return state_text(self.detail, language)


def _packed(sentence: Sentence) -> list[Any]:
    """With its data, sentences among them too."""
    plain = {
        name: _packed(one) if isinstance(one, Sentence) else one if type(one) is int else str(one)
        for name, one in sentence.details.items()
    }
    return [sentence.msgid, plain]


def _sentence(packed: Any) -> Complaint:
    """What `_packed` was given."""
    msgid, details = packed
    plain = {name: _sentence(one) if isinstance(one, list) else one for name, one in details.items()}
    return Complaint(str(msgid), **plain)
