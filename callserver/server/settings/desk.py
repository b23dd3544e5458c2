"""What a supervisor may do with config.ini from his own program, by right 1; who changed what is in the event log."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, DeferredLock

from callserver.acd.organisation.noted import TARGET_MAX
from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.calls.audit import DONE, audit, in_words
from callserver.calls.event_log import EventLog
from callserver.config import Config, Finding, Grade, Reading
from callserver.config.described import described, kind_of, may_be_secret
from callserver.server.reload import CHANGED as TAKEN_OVER
from callserver.server.reload import Reload, change
from callserver.server.settings import shown
from callserver.server.settings.arguments import OF_SECTION, setting_changes, settings_digest, settings_place
from callserver.server.settings.file import CHANGED, Wanted, digest, write
from callserver.server.settings.shown import Row, both
from callserver.server.shop_folder import ShopFolder
from callserver.server.world import World
from callserver.wire.catalogue import Complaint, Sentence
from callserver.wire.messages import Phrase
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

PAGE = 15  # settings of one answer: more would hold up the sound of calls while they are packed
TOLD_MAX = 200


class SettingsDesk:
    """
    Acts on settings, one at a time: files are read and written in threads.

    :param config: as it counts now
    """

    def __init__(
        self, folder: ShopFolder, world: World, events: EventLog, config: Callable[[], Config], reload: Reload
    ) -> None:
        self._file, self._world, self._events = folder.config_file, world, events
        self._config, self._reload = config, reload
        self._one_at_a_time = DeferredLock()

    def acts(self) -> Mapping[str, Act]:
        """By their names on the agents' channel."""
        return {
            "list_settings": Act(self.list_settings, (settings_place,), Right.SUPERVISOR),
            "check_settings": Act(self.check_settings, (setting_changes,), Right.SUPERVISOR),
            "save_settings": Act(self.save_settings, (setting_changes, settings_digest), Right.SUPERVISOR),
        }

    def list_settings(self, seat: Seat, place: str) -> Deferred[Row]:
        """
        The settings of config.ini as it is now, 15 at a time, each with its meaning in both languages.

        :return: {"digest": what `save_settings` takes, "sections": a list of {"section", "meaning", "line"} (at the
            beginning), "settings": a list of {"section", "key", "meaning", "kind" ("yes or no", "whole number",
            "number", "choice", "choices" (several, with commas), "text"), "unit", "low", "high", "choices", "default"
            (null: it has to be set), "value", "secret" (set, and never sent), "line" (0: not in the file), "variable"
            (of the server's environment, which goes before the file), "effect" ("now", "restart", or "never": the
            database has the queues), "waits" (what is written counts from the next start on)}, "findings": what is
            wrong with the file as it is, "next": what asks for those behind them, "" if there are none}
        :raises Refused: NOT_SAVED, with why the file cannot be read
        """
        if not place.isdecimal():  # once a reading, and not at each of its pages
            audit(self._events, seat.number, "list_settings", place)

        async def story() -> Row:
            content = await self._content()
            page = await self._world.in_thread(_page, self._file, content, self._config(), place)
            return {"digest": digest(content), **page}

        return Deferred.fromCoroutine(_in_words(story))

    def check_settings(self, seat: Seat, asked: Sequence[Mapping[str, Any]]) -> Deferred[Row]:
        """
        What would come of these changes; nothing is changed. All is looked at that the settings name.

        :return: {"saved": false, "findings": a list of {"section", "key", "grade" ("stops": it cannot be saved,
            "mistake"), "sentence"}, "now" and "restart": sentences of what would count at once and what from the next
            start on}; each sentence {"en", "zh"}
        :raises Refused: NOT_SAVED, with why
        """

        async def story() -> Row:
            wanted = await self._wanted(await self._content(), asked)
            judged = await self._reload.judge(wanted.reading)
            findings = [*wanted.against, *judged.findings, *wanted.overridden()]
            would = change(self._config(), wanted.reading.config).told
            return {"saved": False, **_told(would, findings, self._reload.against(judged))}

        return self._one_at_a_time.run(lambda: Deferred.fromCoroutine(_in_words(story)))

    def save_settings(self, seat: Seat, asked: Sequence[Mapping[str, Any]], seen: str) -> Deferred[Row]:
        """
        Write these changes into config.ini, where all else stays as it was written, and take over what counts at once.

        :return: as `check_settings`, and "digest" of the file as it is now; "saved" false: nothing has changed, and a
            finding that "stops" says why
        :raises Refused: NOT_SAVED, with why: the file has been changed since it was listed, or cannot be written
        """

        async def story() -> Row:
            content = await self._content()
            if digest(content) != seen:
                raise Complaint(CHANGED, file=self._file.name)
            wanted = await self._wanted(content, asked)
            would = change(self._config(), wanted.reading.config).told
            if wanted.against:
                return {"saved": False, "digest": seen, **_told(would, [*wanted.against, *wanted.reading.findings], [])}
            judged, against = await self._reload.save(wanted.reading, lambda: write(self._file, content, wanted.new))
            told = _told(would, [*judged.findings, *wanted.overridden()], against)
            return {"saved": not against, "digest": seen if against else digest(wanted.new), **told}

        return self._one_at_a_time.run(lambda: Deferred.fromCoroutine(self._noted(seat, asked, story)))

    async def _content(self) -> bytes:
        content: bytes = await self._world.in_thread(self._file.read_bytes)
        return content

    async def _wanted(self, content: bytes, asked: Sequence[Mapping[str, Any]]) -> Wanted:
        wanted: Wanted = await self._world.in_thread(Wanted, self._file, content, asked)
        return wanted

    async def _noted(
        self, seat: Seat, asked: Sequence[Mapping[str, Any]], story: Callable[[], Coroutine[Any, Any, Row]]
    ) -> Row:
        """Each change is in the event log, done or not; a password never."""
        result = Refusal.NOT_SAVED.value
        try:
            answer = await _in_words(story)
            result = DONE if answer["saved"] else result
            return answer
        except Refused as refused:
            result = str(refused)
            raise
        finally:
            for one in asked:
                audit(self._events, seat.number, "save_settings", _target(one)[:TARGET_MAX], result=result)


def _target(one: Mapping[str, Any]) -> str:
    name = f"[{one['section']}] {one['key']}"
    kind, value = kind_of(one["section"]), one["value"]
    known = kind is not None and one["key"] in described(kind)
    hides = value is None or not known or may_be_secret(kind, one["key"]) or not value.isprintable()
    return name if hides else f"{name} = {value}"


async def _in_words(story: Callable[[], Coroutine[Any, Any, Row]]) -> Row:
    with in_words():
        return await story()


def _page(file: Path, content: bytes, running: Config, place: str) -> Row:
    reading = Reading(file, content=content)
    all_sections = shown.sections(reading)
    name = place.removeprefix(OF_SECTION) if place.startswith(OF_SECTION) else ""
    chosen = [one for one in all_sections if name in ("", one.name)]
    first = int(place) if place.isdecimal() else 0
    keys = shown.keys(chosen)
    behind = len(keys) if name else first + PAGE
    return {
        "sections": [shown.section_row(one) for one in all_sections] if not place else [],
        "settings": [shown.row(section, key, reading, running) for section, key in keys[first:behind]],
        "findings": [shown.finding_row(one) for one in reading.findings[:TOLD_MAX]],
        "next": str(behind) if behind < len(keys) else "",
    }


def _told(would: Sequence[Phrase], findings: Sequence[Finding], against: Sequence[Sentence]) -> Row:
    """What is wrong, and what counts when."""
    others = [one for one in against if not isinstance(one, Finding)]
    rows = [
        *({"section": "", "key": "", "grade": Grade.STOPS.value, "sentence": both(one)} for one in others),
        *map(shown.finding_row, findings),
    ]
    return {
        "findings": rows[:TOLD_MAX],
        "now": [both(one) for one in would if one.msgid == TAKEN_OVER][:TOLD_MAX],
        "restart": [both(one) for one in would if one.msgid != TAKEN_OVER][:TOLD_MAX],
    }
