"""A supervisor changes settings of config.ini, and queues, at his window."""

from __future__ import annotations

from typing import Any

from callserver.desktop.presenters.settings import CHECK_S, Settings, SettingsData
from callserver.desktop.presenters.things import Things, ThingsData
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from tests.desktop.presenters.test_staff import both, described
from tests.desktop.presenters.work_case import WorkCase


def setting(section: str, key: str, value: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """As `list_settings` tells it."""
    usual = {"unit": None, "low": "", "high": "", "choices": [], "default": value, "secret": False, "line": 3}
    also = {"variable": "", "effect": "now", "waits": False}
    return {
        "section": section, "key": key, "meaning": both(f"what {key} is"), "kind": kind, "value": value,
        **usual, **also, **more,
    }  # fmt: skip


RINGS = setting("line 1", "ring_stop_s", "6", "number", low="2", high="20", unit=both("seconds"))
ENABLED = setting("line 1", "enabled", "yes", "yes or no")
PORT = setting("agents", "port", "8787", effect="restart", variable="CALLSERVER_PORT")
MAIL = setting("agents", "password", "", secret=True)
SECTIONS = [{"section": name, "meaning": both(f"about {name}"), "line": 1} for name in ("line 1", "agents")]
NOTHING: dict[str, Any] = {"saved": False, "findings": [], "now": [], "restart": []}


def found(section: str, key: str, words: str, grade: str = "stops") -> dict[str, Any]:
    return {"section": section, "key": key, "grade": grade, "sentence": both(words)}


class SettingsCase(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[SettingsData] = []
        self.settings = Settings(self.work, self.shown.append)
        self.settings.start()
        self.addCleanup(self.settings.stop)
        self.settings.open()

    @property
    def now(self) -> SettingsData:
        return self.shown[-1]

    def comes(self, digest: str = "d1", rings: str = "6") -> None:
        """The file, in two pages."""
        page = {"digest": digest, "findings": []}
        first = [RINGS | {"value": rings}, ENABLED]
        self.client.answers({**page, "sections": SECTIONS, "settings": first, "next": "2"})
        self.client.answers({**page, "sections": [], "settings": [PORT, MAIL], "next": ""})
        self.client.asked.clear()

    def type(self, text: str, key: str = "line 1\nring_stop_s") -> None:
        self.settings.type(key, text)


class FileTests(SettingsCase):
    def test_section(self) -> None:
        """A section's settings, each with its meaning, range, default and when it counts."""
        self.comes()
        self.assertEqual([one.words for one in self.now.sections], ["about line 1", "about agents"])
        rings, enabled = self.now.fields
        self.assertEqual((rings.label, rings.value, rings.unit), ("What ring_stop_s is", "6", "seconds"))
        self.assertEqual(rings.hint, "ring_stop_s · 2–20 · default 6 · at once")
        self.assertEqual(enabled.choices, (("yes", "yes"), ("no", "no")))

    def test_environment_and_secret(self) -> None:
        """What the environment overrides is told; a secret is only said to be set."""
        self.comes()
        self.settings.choose(1)
        port, password = self.now.fields
        self.assertEqual(port.remark, "CALLSERVER_PORT of the server's environment goes before it")
        self.assertIn("after restart", port.hint)
        self.assertEqual((password.value, password.empty), ("", "set, and not shown"))

    def test_find(self) -> None:
        """By words of name and meaning, in all sections."""
        self.comes()
        self.settings.find("what PORT")
        self.assertEqual([one.key for one in self.now.fields], ["agents\nport"])
        self.settings.find("nothing like it")
        self.assertEqual((self.now.fields, self.now.heading), ((), "0 found"))

    def test_checked_while_typed(self) -> None:
        """The server is asked a moment after the last key; what is wrong stands at its setting, and stops."""
        self.comes()
        self.type("2")
        self.clock.advance(CHECK_S / 2)
        self.type("25")
        self.clock.advance(CHECK_S)
        change = {"section": "line 1", "key": "ring_stop_s", "value": "25"}
        self.assertEqual(self.client.asked, [("check_settings", [change])])
        self.assertEqual(self.now.fields[0].problem, "Must be 2 to 20")
        self.client.answers(NOTHING | {"findings": [found("line 1", "ring_stop_s", "too long")]})
        self.assertEqual((self.now.may_apply, self.now.changed), (False, "1 changed"))

    def test_late_check(self) -> None:
        """What is said of something typed before is not said of what stands there now."""
        self.comes()
        self.type("25")
        self.clock.advance(CHECK_S)
        self.type("8")
        self.client.answers(NOTHING | {"findings": [found("line 1", "ring_stop_s", "too long")]})
        self.assertEqual((self.now.fields[0].problem, self.now.may_apply), ("", True))

    def test_typed_back(self) -> None:
        """What is again as it was is no change."""
        self.comes()
        self.type("8")
        self.type("6")
        self.assertEqual((self.now.changed, self.settings.has_changes), ("", False))

    def test_apply(self) -> None:
        """Written with the digest of what was looked at; then it is said what counts when."""
        self.comes()
        self.type("8")
        self.settings.apply()
        change = {"section": "line 1", "key": "ring_stop_s", "value": "8"}
        self.assertEqual(self.client.asked, [("save_settings", [change], "d1")])
        now = [both("[line 1] ring_stop_s counts")]
        self.client.answers(NOTHING | {"saved": True, "digest": "d2", "now": now})
        self.comes("d2", rings="8")
        self.assertEqual(self.now.note, "Saved · [line 1] ring_stop_s counts")
        self.assertEqual((self.now.fields[0].value, self.now.changed), ("8", ""))

    def test_typed_while_it_is_saved(self) -> None:
        """What is typed before the answer is here was not saved, and is still there to be."""
        self.comes()
        self.type("8")
        self.settings.apply()
        self.type("no", "line 1\nenabled")
        self.type("9")
        self.client.answers(NOTHING | {"saved": True, "digest": "d2"})
        self.comes("d2", rings="8")
        self.assertEqual([one.value for one in self.now.fields], ["9", "no"])
        self.assertEqual(self.now.changed, "2 changed")

    def test_late_refusal(self) -> None:
        """Who has put it right before the refusal is here is not told that something is wrong."""
        self.comes()
        self.type("99")
        self.settings.apply()
        self.assertFalse(self.now.may_apply)
        self.type("8")
        self.client.answers(NOTHING | {"findings": [found("line 1", "ring_stop_s", "too long")]})
        self.assertEqual((self.now.problem, self.now.fields[0].problem), ("", ""))
        self.assertTrue(self.now.may_apply)

    def test_read_twice(self) -> None:
        """The connection comes back while the list is being read: half of a list takes away nothing that was typed."""
        self.comes()
        self.type("no", "line 1\nenabled")
        self.settings.open()
        page = {"digest": "d1", "findings": [], "sections": SECTIONS, "settings": [RINGS, ENABLED], "next": "2"}
        self.client.answers(page)
        self.settings.open()
        self.client.answers({**page, "settings": [PORT, MAIL], "next": ""})
        self.assertTrue(self.settings.has_changes)
        self.client.answers(page)
        self.client.answers({**page, "settings": [PORT, MAIL], "next": ""})
        self.assertEqual((self.now.changed, len(self.now.fields)), ("1 changed", 2))

    def test_changed_by_somebody_else(self) -> None:
        """It is refused, told, and read again; what was typed is still there."""
        self.comes()
        self.type("8")
        self.settings.apply()
        self.client.answers(Refused(Refusal.NOT_SAVED, "config.ini has been changed"))
        self.assertIn("config.ini has been changed", self.now.problem)
        self.comes("d2", rings="7")
        self.assertIn("Somebody else has changed settings", self.now.note)
        self.assertEqual((self.now.fields[0].value, self.now.may_apply), ("8", True))
        self.settings.apply()
        self.assertEqual(self.client.asked[-1][2], "d2")

    def test_read_twice_at_once(self) -> None:
        """Opened again while it is being read, all is there, and nothing that was typed is lost."""
        self.comes()
        self.settings.choose(1)
        self.type("9000", "agents\nport")
        self.settings.open()
        self.settings.open()
        page = {"digest": "d1", "findings": []}
        first = {**page, "sections": SECTIONS, "settings": [RINGS, ENABLED], "next": "2"}
        self.client.answers(first)
        self.client.answers(first)
        self.client.answers({**page, "sections": [], "settings": [PORT, MAIL], "next": ""})
        self.assertEqual([one.value for one in self.now.fields], ["9000", ""])
        self.assertEqual(self.client.waiting, [])

    def test_defaults_and_undo(self) -> None:
        """The section as it is usual, once it is applied; or all as it was."""
        self.comes()
        self.type("8")
        self.settings.undo()
        self.assertEqual(self.now.fields[0].value, "6")
        self.settings.choose(1)
        self.settings.defaults()
        self.settings.apply()
        change = {"section": "agents", "key": "password", "value": None}
        self.assertEqual(self.client.asked[-1], ("save_settings", [change], "d1"))

    def test_stopped_while_it_waits(self) -> None:
        """Who logs out while he types leaves nothing behind."""
        self.comes()
        self.type("8")
        self.settings.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])


class NoSupervisorTests(SettingsCase):
    rights = frozenset({Right.LISTEN})

    def test_nothing(self) -> None:
        """It says why, and the server is not asked."""
        self.assertIn("Needs the right “supervisor”", self.now.lacks)
        self.assertEqual((self.client.asked, self.now.sections, self.now.fields), ([], (), ()))


QUEUE_FIELDS = [
    described("strategy", "choice", choices=[{"value": "linear", "words": both("in turn")}], default="linear"),
    described("calendar", "name", of="hours"),
    described("ring_s", "number", low="3", high="120", unit=both("seconds"), default="15"),
]
QUEUE = {"name": "orders", "settings": {"strategy": "linear", "calendar": "", "ring_s": "20"}}


class ThingsTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[ThingsData] = []
        self.things = Things(self.work, self.shown.append)
        self.things.start()
        self.addCleanup(self.things.stop)
        self.things.show_kind("queues")
        self.client.answers({"key": "name", "fields": QUEUE_FIELDS, "next": ""})
        self.client.answers([QUEUE])
        self.client.answers([{"name": "day", "settings": {}}])
        self.client.asked.clear()

    @property
    def now(self) -> ThingsData:
        return self.shown[-1]

    def test_form(self) -> None:
        """Made of the description: choices in words, names of others to choose from, ranges."""
        self.assertEqual(self.now.items, (("orders", ""),))
        strategy, calendar, ring = self.now.fields
        self.assertEqual((strategy.value, strategy.choices), ("linear", (("linear", "in turn"),)))
        self.assertEqual(strategy.label, "What strategy is")  # as those of config.ini: with a great letter
        self.assertEqual(calendar.choices, (("", ""), ("day", "day")))
        self.assertEqual((ring.value, ring.hint), ("20", "ring_s · 3–120 · default 15"))

    def test_undo(self) -> None:
        """There is something to take back once something is typed, or a new one is begun; in an empty book, nothing."""
        self.assertFalse(self.now.may_undo)
        self.things.type("ring_s", "25")
        self.assertTrue(self.now.may_undo)
        self.things.undo()
        self.things.new()
        self.assertTrue(self.now.may_undo)
        self.things.undo()
        self.things.show_kind("hours")
        self.client.answers({"key": "name", "fields": [], "next": ""})
        self.client.answers([])
        self.assertEqual((self.now.is_new, self.now.may_undo), (True, False))

    def test_save(self) -> None:
        """Only what was changed is sent; a remark of the server is shown."""
        self.things.type("ring_s", "25")
        self.things.save()
        self.client.answers([QUEUE])
        self.assertEqual(self.client.asked[-1], ("save_queues", "orders", {"ring_s": "25"}))
        saved = {"name": "orders", "settings": QUEUE["settings"] | {"ring_s": "25"}}  # type: ignore[operator]
        self.client.answers(saved | {"remarks": [both("nobody serves it")]})
        self.assertEqual((self.now.note, self.now.fields[2].value), ("Saved nobody serves it", "25"))

    def test_new(self) -> None:
        """With what is usual, under a name that nothing has."""
        self.things.new()
        self.assertEqual((self.now.is_new, self.now.fields[2].value), (True, "15"))
        self.things.save()
        self.things.name("night")
        self.things.save()
        self.client.answers([QUEUE])
        self.assertEqual(self.client.asked[-1], ("save_queues", "night", {}))

    def test_typed_while_it_is_saved(self) -> None:
        """What is typed before the answer is here was not saved, and is still there to be."""
        self.things.type("ring_s", "25")
        self.things.save()
        self.client.answers([QUEUE])
        self.things.type("ring_s", "30")
        self.client.answers({"name": "orders", "settings": QUEUE["settings"] | {"ring_s": "25"}})  # type: ignore[operator]
        self.assertEqual(self.now.fields[2].value, "30")
        self.things.save()
        self.client.answers([{"name": "orders", "settings": QUEUE["settings"] | {"ring_s": "25"}}])  # type: ignore[operator]
        self.assertEqual(self.client.asked[-1], ("save_queues", "orders", {"ring_s": "30"}))

    def test_deleted_by_somebody_else(self) -> None:
        """Yes to a question about one that is gone meanwhile deletes no other one."""
        night = {"name": "night", "settings": QUEUE["settings"]}
        self.things.ask_delete()
        self.assertIn("orders", self.now.question.words if self.now.question else "")
        self.things.load()
        self.client.answers([night])
        self.assertIsNone(self.now.question)
        self.things.answer(True)
        self.assertNotIn("delete_queues", [one[0] for one in self.client.asked])

    def test_kinds_apart(self) -> None:
        """What is typed of a queue is there again after a look at the groups; late answers go nowhere."""
        self.things.type("ring_s", "25")
        self.things.show_kind("groups")
        self.assertEqual((self.now.items, self.now.fields), ((), ()))
        self.things.show_kind("queues")
        self.client.answers({"key": "name", "fields": [described("number")], "next": ""})
        self.client.answers([{"name": "all", "settings": {}}])
        self.client.answers({"key": "name", "fields": QUEUE_FIELDS, "next": ""})
        self.client.answers([QUEUE])
        self.assertEqual((self.now.items, self.now.fields[2].value), ((("orders", "not saved"),), "25"))
