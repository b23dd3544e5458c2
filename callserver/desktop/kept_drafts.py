"""What is typed and not saved yet, on this computer's disk too: a program that is killed loses a few seconds of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from time import time
from typing import Any

from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from callserver.desktop.model import ShopModel
from callserver.desktop.own_settings import OwnSettings
from callserver.wire.catalogue import N_

log = Logger()

AGAIN = N_("What you had typed is here again")
EVERY_S = 3.0  # not each key
OLD_S = 86_400.0  # by then the talk is forgotten, and the day over
CALLS_MAX, TEXT_MAX = 20, 500  # more are no drafts of a day's work; longer texts no field takes
FILE_MAX = 1 << 18

Texts = Mapping[str, str]


class KeptDrafts:
    """
    Of the person who is logged in: by call and kind ("note", "order"), the texts of its fields.

    In a file that only he can read, gone as soon as nothing is in it. A secret never gets there: from the moment on
    that something is typed while one is told, nothing of that call is kept.
    """

    def __init__(self, clock: IReactorTime, settings: OwnSettings, model: ShopModel) -> None:
        self._clock, self._settings, self._model = clock, settings, model
        self._of = ""  # whose they are
        self._drafts: dict[str, dict[str, Any]] = {}
        self._secret: set[str] = set()
        self._next: IDelayedCall | None = None

    def put(self, call_id: str, kind: str, texts: Texts) -> None:
        """This is typed for a call; nothing but empty texts: there is no draft."""
        if self._model.seat.hidden:
            self._secret.add(call_id)
        drafts = self._read()
        cut = {name: text[:TEXT_MAX] for name, text in texts.items() if text.strip()}
        if not call_id or not cut or call_id in self._secret:
            self.drop(call_id, kind)
            return
        known = drafts.pop(call_id, {})
        drafts[call_id] = {**known, kind: cut, "at": time()}
        while len(drafts) > CALLS_MAX:
            del drafts[next(iter(drafts))]
        self._write_soon()

    def drop(self, call_id: str, kind: str) -> None:
        """It is saved, or given up."""
        draft = self._read().get(call_id, {})
        if draft.pop(kind, None) is not None:
            if not any(isinstance(one, dict) for one in draft.values()):
                del self._drafts[call_id]
            self._write_soon()

    def of(self, kind: str) -> dict[str, Texts]:
        """By call, the oldest first."""
        return {call_id: draft[kind] for call_id, draft in self._read().items() if kind in draft}

    def clear(self) -> None:
        """All is given up."""
        if self._read():
            self._drafts.clear()
            self._write_soon()
            self.write()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept."""
        return not self._read()

    def write(self) -> None:
        """Now, if something is to be written."""
        if self._next is None:
            return
        if self._next.active():
            self._next.cancel()
        self._next = None
        self._settings.keep(self._file, json.dumps(self._drafts, ensure_ascii=False) if self._drafts else "")

    def _write_soon(self) -> None:
        if self._next is None:
            self._next = self._clock.callLater(EVERY_S, self.write)

    @property
    def _file(self) -> str:
        return f"drafts_{''.join(sign if sign.isalnum() else '_' for sign in self._of)}.json"

    def _read(self) -> dict[str, dict[str, Any]]:
        """What this person left here; whatever is no draft, or an old one, is not there."""
        number = self._model.hello.number if self._model.hello is not None else ""
        if number and number != self._of:
            self._of = number
            self._drafts, is_whole = _drafts_in(self._settings.kept(self._file, FILE_MAX) or "{}")
            if not is_whole:
                self._write_soon()
        return self._drafts


def _drafts_in(text: str) -> tuple[dict[str, dict[str, Any]], bool]:
    """What is a draft in it, and whether that is all of it."""
    try:
        found = json.loads(text)
        drafts = {call_id: draft for call_id, draft in found.items() if _is_draft(draft)}
    except (ValueError, AttributeError, RecursionError) as problem:
        log.warn("the kept drafts are begun anew: {problem}", problem=problem)
        return {}, False
    return drafts, len(drafts) == len(found)


def _is_draft(draft: Any) -> bool:
    """As `put` makes them, and of today."""
    if not isinstance(draft, dict) or not isinstance(at := draft.get("at"), int | float) or time() - at > OLD_S:
        return False
    kinds = [one for name, one in draft.items() if name != "at"]
    return bool(kinds) and all(isinstance(one, dict) and all(isinstance(x, str) for x in one.values()) for one in kinds)
