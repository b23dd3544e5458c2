"""Settings of config.ini at a supervisor's window: what is wrong with them, what is saved, and what is read again."""

from __future__ import annotations

from typing import Any

from callserver.desktop.not_connected import NO_CONNECTION, NotConnected
from callserver.desktop.presenters.settings import CHANGES_MAX, CHECK_S, FOUND_MAX
from callserver.wire.messages import Access
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from tests.desktop.presenters.test_settings import (
    ENABLED,
    NOTHING,
    PORT,
    RINGS,
    SECTIONS,
    SettingsCase,
    both,
    found,
    setting,
)
from tests.desktop.presenters.work_case import EVERY_RIGHT

PORT_AT, PASSWORD_AT = "agents\nport", "agents\npassword"
MANY = [setting("line 1", f"extra_{n}", "a") for n in range(FOUND_MAX + 1)]


class ChangesCase(SettingsCase):
    def page(self, *rows: dict[str, Any], **more: Any) -> None:
        """The file, in one page."""
        usual = {"digest": "d1", "sections": SECTIONS, "findings": [], "next": ""}
        self.client.answers(usual | {"settings": list(rows)} | more)
        self.client.asked.clear()

    def checks(self, *findings: dict[str, Any]) -> None:
        """The server looks through what is typed."""
        self.clock.advance(CHECK_S)
        self.client.answers(NOTHING | {"findings": list(findings)})

    def acts(self) -> list[str]:
        return [one[0] for one in self.client.asked]


class ShownTests(ChangesCase):
    def test_found(self) -> None:
        """What is looked for is of no section: none is chosen, and no section is made as usual by mistake."""
        self.comes()
        self.assertEqual((self.now.chosen, self.now.may_default), (0, True))
        self.settings.find("port")
        self.assertEqual((self.now.chosen, self.now.may_default, self.now.heading), (-1, False, "1 found"))
        self.assertEqual(self.now.fields[0].meaning, "[agents] port")
        self.settings.choose(1)
        self.assertEqual((self.now.chosen, self.now.heading), (1, "about agents [agents]"))

    def test_too_many_found(self) -> None:
        """More than can be looked through are not all shown, and it says so."""
        self.page(*MANY)
        self.settings.find("extra")
        most = FOUND_MAX
        self.assertEqual(
            (len(self.now.fields), self.now.heading), (most, f"{most + 1} found, the first {most} are shown")
        )

    def test_changes_of_each_section(self) -> None:
        """How many of a section's settings are not saved stands beside it alone."""
        self.comes()
        self.type("8")
        self.assertEqual([one.n_changed for one in self.now.sections], [1, 0])

    def test_usual_value(self) -> None:
        """What will be as usual shows what that is; what stood there already is no change."""
        self.page(RINGS | {"value": "8", "default": "6"}, ENABLED)
        self.type("no", "line 1\nenabled")
        self.settings.defaults()
        self.assertEqual([(one.value, one.is_changed) for one in self.now.fields], [("6", True), ("yes", False)])

    def test_waits(self) -> None:
        """What was saved and counts after the next start says so."""
        self.page(RINGS | {"waits": True}, ENABLED)
        remarks = [one.remark for one in self.now.fields]
        self.assertEqual(remarks, ["changed, counts after the next start", ""])


class FindingsTests(ChangesCase):
    def test_of_the_file(self) -> None:
        """What is wrong in the file itself stands at its setting, or where all can see it; and gives way to checks."""
        self.page(RINGS, PORT, findings=[found("line 1", "ring_stop_s", "odd"), found("agents", "port", "taken")])
        self.assertEqual((self.now.fields[0].problem, self.now.problem), ("odd", "[agents] port: taken"))
        self.type("8")
        self.assertEqual((self.now.fields[0].problem, self.now.problem), ("", ""))

    def test_of_no_setting(self) -> None:
        """What belongs to none is told without a place."""
        self.page(RINGS, findings=[found("", "", "no line is enabled")])
        self.assertEqual(self.now.problem, "no line is enabled")

    def test_warning(self) -> None:
        """A warning is told and stops nobody; what stops is gone with what was wrong."""
        self.comes()
        self.type("8")
        self.checks(found("line 1", "ring_stop_s", "rather long", "warns"))
        self.assertEqual((self.now.fields[0].problem, self.now.may_apply), ("rather long", True))
        self.type("9")
        self.checks(found("line 1", "ring_stop_s", "too long"))
        self.assertFalse(self.now.may_apply)
        self.settings.undo()
        self.type("8")
        self.assertTrue(self.now.may_apply)

    def test_found_while_saving(self) -> None:
        """What the server finds only when it is to be saved stands at its place, and nothing is changed."""
        self.comes()
        self.type("8")
        self.settings.apply()
        self.client.answers(NOTHING | {"findings": [found("line 1", "ring_stop_s", "too long")]})
        self.assertEqual(self.now.problem, "Nothing is changed: see what is wrong")
        self.assertEqual((self.now.fields[0].problem, self.now.changed), ("too long", "1 changed"))

    def test_late_check(self) -> None:
        """What a check says that was asked before the saving is said of nothing any more."""
        self.comes()
        self.type("8")
        self.clock.advance(CHECK_S)
        self.settings.apply()
        late = self.client.waiting.pop(0)
        self.client.answers(NOTHING | {"saved": True, "digest": "d2"})
        self.comes("d2", rings="8")
        late.callback(NOTHING | {"findings": [found("line 1", "ring_stop_s", "too long")]})
        self.type("9")
        self.assertEqual((self.now.fields[0].problem, self.now.may_apply), ("", True))


class SavingTests(ChangesCase):
    def test_once(self) -> None:
        """Apply pressed twice saves once; what waited to be checked is not checked any more."""
        self.comes()
        self.type("8")
        self.settings.apply()
        self.assertFalse(self.now.may_apply)
        self.settings.apply()
        self.clock.advance(CHECK_S)
        self.assertEqual(self.acts(), ["save_settings"])

    def test_at_most(self) -> None:
        """More at once than the server takes are neither checked nor saved: it says how many it may be."""
        self.page(*MANY)
        for row in MANY[: CHANGES_MAX + 1]:
            self.type("b", f"line 1\n{row['key']}")
        self.clock.advance(CHECK_S)
        self.settings.apply()
        self.assertEqual(self.acts(), [])
        self.assertEqual(self.now.problem, f"At most {CHANGES_MAX} settings at once: undo some, or apply before")

    def test_after_the_start(self) -> None:
        """It says what counts now and what after the next start; one's own change is not somebody else's."""
        self.comes()
        self.type("8")
        self.type("9000", PORT_AT)
        self.settings.apply()
        told = {"now": [both("rings counts")], "restart": [both("port counts after the next start")]}
        self.client.answers(NOTHING | {"saved": True, "digest": "d2", **told})
        self.type("7")
        self.comes("d2", rings="8")
        self.assertEqual(self.now.note, "")
        self.settings.apply()
        self.client.answers(NOTHING | {"saved": True, "digest": "d3", **told})
        self.comes("d3", rings="7")
        self.assertEqual(self.now.note, "Saved · rings counts · port counts after the next start")

    def test_nothing_left(self) -> None:
        """What was wrong with a warning is forgotten when it is saved."""
        self.comes()
        self.type("8")
        self.checks(found("line 1", "ring_stop_s", "rather long", "warns"))
        self.settings.apply()
        self.client.answers(
            NOTHING | {"saved": True, "digest": "d2", "findings": [found("line 1", "ring_stop_s", "x", "warns")]}
        )
        self.comes("d2", rings="8")
        self.type("no", "line 1\nenabled")
        self.assertEqual(self.now.fields[0].problem, "")

    def test_secret(self) -> None:
        """An empty secret is no change back: what is typed is sent, and emptied again it stays what it was."""
        self.comes()
        self.settings.choose(1)
        self.type("word", PASSWORD_AT)
        self.assertEqual((self.now.fields[1].value, self.now.fields[1].empty), ("word", ""))
        self.type("", PASSWORD_AT)
        self.assertEqual((self.now.fields[1].empty, self.settings.has_changes), ("set, and not shown", False))


class ReadingTests(ChangesCase):
    def test_without_changes(self) -> None:
        """Somebody else's change is told of only to who has something to lose."""
        self.comes()
        self.settings.open()
        self.comes("d2", rings="7")
        self.assertEqual((self.now.note, self.now.fields[0].value), ("", "7"))

    def test_gone(self) -> None:
        """What was typed of a setting that the file has no more is typed of nothing."""
        self.comes()
        self.type("9000", PORT_AT)
        self.settings.open()
        self.page(RINGS, ENABLED)
        self.assertFalse(self.settings.has_changes)

    def test_changed_between_two_pages(self) -> None:
        """It is read from its beginning again: no half of one file beside half of another."""
        self.comes()
        self.settings.open()
        self.client.answers({"digest": "d2", "findings": [], "sections": SECTIONS, "settings": [RINGS], "next": "2"})
        self.client.answers({"digest": "d3", "findings": [], "sections": [], "settings": [PORT], "next": ""})
        self.assertEqual(self.client.asked[-1], ("list_settings", ""))

    def test_not_read(self) -> None:
        """Why it could not be read is said, until it is read when the connection is back."""
        self.client.answers(NotConnected(NO_CONNECTION))
        self.assertEqual(self.now.problem, NO_CONNECTION)
        self.model.lost(NotConnected(NO_CONNECTION))
        self.settings.open()
        self.assertEqual(self.acts(), ["list_settings"])
        self.model.logged_in(self.model.hello)  # type: ignore[arg-type]
        self.comes()
        self.assertEqual((self.now.problem, len(self.now.fields)), ("", 2))

    def test_lost(self) -> None:
        """Nothing can be applied without the server; what is typed stays."""
        self.comes()
        self.type("8")
        self.model.lost(Refused(Refusal.STOPPING))
        self.assertEqual((self.now.may_apply, self.now.fields[0].value), (False, "8"))

    def test_not_seen(self) -> None:
        """Who has not opened the panel asks nothing of it at a log-in."""
        before = len(self.client.asked)
        self.settings._is_open = False
        self.log_in()
        self.assertEqual(len(self.client.asked), before)


class RightGivenTests(ChangesCase):
    rights = EVERY_RIGHT - {Right.SUPERVISOR}

    def test_given(self) -> None:
        """Who is made a supervisor while he looks at it sees the settings."""
        self.model.access(Access(EVERY_RIGHT, (), ()))
        self.assertEqual(self.acts(), ["list_settings"])
