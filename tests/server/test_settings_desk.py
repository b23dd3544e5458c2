"""Supervisors see, check and save the settings of config.ini at their own programs."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

from callserver.server.settings.file import write
from callserver.store import on_disk
from callserver.wire.catalogue import Complaint
from callserver.wire.records import EventRecord
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import LineState
from tests.whole.agents_case import AgentsCase

URL = "postgresql://shop:hush@db.example/shop"
RINGS = {"section": "line 1-2", "key": "ring_stop_s", "value": "8"}
Row = dict[str, Any]


class SettingsCase(AgentsCase):
    def setUp(self) -> None:
        super().setUp()
        self.boss = self.program("801")
        self.shop.until(self.shop.server.centre.staff.set_rights("801", frozenset(Right)))
        self.file: Path = self.shop.folder.config_file
        self.old = self.file.read_bytes()
        self.events: list[EventRecord] = []
        self.shop.server.events.watch(self.events.append)

    def ask(self, act: str, *args: object) -> Any:
        """The answer, or the refusal in words."""
        try:
            return self.do(self.boss.ask(act, *args))
        except Refused as refused:
            return refused.text("en")

    def rows(self, place: str = "") -> dict[tuple[str, str], Row]:
        """All settings, page by page."""
        found: dict[tuple[str, str], Row] = {}
        while True:
            page = self.ask("list_settings", place)
            found |= {(row["section"], row["key"]): row for row in page["settings"]}
            place = page["next"]
            if not place:
                return found

    def digest(self) -> str:
        return str(self.ask("list_settings", "")["digest"])

    def save(self, *changes: Row) -> Any:
        return self.ask("save_settings", list(changes), self.digest())

    def findings(self, *changes: Row) -> list[tuple[str, str, str]]:
        """Of a check: where, and what."""
        found = self.ask("check_settings", list(changes))["findings"]
        return [(row["section"], row["key"], row["sentence"]["en"]) for row in found]

    def audits(self) -> list[tuple[object, object]]:
        found = [event.data for event in self.events if event.kind == "audit"]
        return [(one["target"], one["result"]) for one in found if one["act"] == "save_settings"]


def to(section: str, key: str, value: str | None) -> Row:
    return {"section": section, "key": key, "value": value}


class ListTests(SettingsCase):
    def test_all(self) -> None:
        """Every setting with its meaning in two languages, its range, default, place, and when a change counts."""
        rows = self.rows()
        self.assertGreater(len(rows), 90)
        for row in rows.values():
            self.assertTrue(row["meaning"]["en"] and row["meaning"]["zh"], row)
        one = rows["line 1-2", "ring_stop_s"]
        self.assertEqual(
            [one[name] for name in ("kind", "unit", "low", "high", "default", "value", "effect", "waits")],
            ["number", {"en": "seconds", "zh": one["unit"]["zh"]}, "2", "20", "6", "6", "restart", False],
        )
        self.assertEqual(self.old.decode().splitlines()[one["line"] - 1], "ring_stop_s = 6")
        self.assertEqual(rows["line 1-2", "enabled"]["effect"], "now")
        self.assertIsNone(rows["recording", "announce"]["default"])
        self.assertEqual(rows["voicemail", "call"]["choices"], ["local", "national", "international"])

    def test_one_section(self) -> None:
        """A page of one section is that section."""
        self.assertEqual({section for section, _ in self.rows("section line 1-2")}, {"line 1-2"})
        self.assertEqual(self.rows("section line 9"), {})
        read = [one.data for one in self.events if one.kind == "audit"]
        asked = [(one["act"], one["target"]) for one in read]  # who reads is in the event log, whatever he reads
        self.assertEqual(asked, [("list_settings", f"section line {n}") for n in ("1-2", "9")])
        page = self.ask("list_settings", "")
        self.assertEqual((len(page["settings"]), page["next"], page["findings"]), (15, "15", []))
        self.assertIn("line 1-2", [one["section"] for one in page["sections"]])

    def test_password(self) -> None:
        """A database's password is set, and never sent; nor is it in the event log."""
        self.file.write_text(self.old.decode().replace("database = callserver.db", f"database = {URL}"), "utf-8")
        row = self.rows()["server", "database"]
        self.assertEqual((row["value"], row["secret"], row["waits"]), ("", True, True))
        self.save(to("server", "database", URL.replace("hush", "whisper")))
        self.assertNotIn("whisper", str(self.events))
        self.assertNotIn("hush", str(self.events))

    def test_environment(self) -> None:
        """A setting of the server's environment says so, and that it goes before what is saved."""
        with patch.dict(os.environ, {"CALLSERVER_FAX_TRIES": "7"}):
            row = self.rows()["fax", "tries"]
            self.assertEqual((row["value"], row["variable"], row["line"]), ("7", "CALLSERVER_FAX_TRIES", 0))
            answer = self.save(to("fax", "tries", "3"))
        self.assertTrue(answer["saved"])
        said = [row["sentence"]["en"] for row in answer["findings"] if row["key"] == "tries"]
        self.assertEqual(len(said), 1)
        self.assertIn("CALLSERVER_FAX_TRIES in the server's environment goes before it", said[0])
        self.assertIn(b"tries = 3", self.file.read_bytes())

    def test_not_for_everybody(self) -> None:
        """Without right 1 nobody sees or changes anything."""
        self.shop.until(self.shop.server.centre.staff.set_rights("802", frozenset(Right) - {Right.SUPERVISOR}))
        other = self.program("802")
        for act, args in (
            ("list_settings", ("",)),
            ("check_settings", ([RINGS],)),
            ("save_settings", ([RINGS], self.digest())),
        ):
            refused = self.do(other.ask(act, *args).addErrback(lambda failure: failure.value))
            self.assertIs(refused.code, Refusal.NO_RIGHT)
        self.assertEqual(self.file.read_bytes(), self.old)


class CheckTests(SettingsCase):
    def test_right(self) -> None:
        """What would count at once and what from the next start on; nothing has changed."""
        answer = self.ask("check_settings", [RINGS, to("line 1-2", "direction", "in")])
        self.assertEqual(answer["findings"], [])
        self.assertEqual([one["en"] for one in answer["now"]], ["[line 1] direction = in", "[line 2] direction = in"])
        self.assertEqual(answer["restart"][0]["en"], "[line 1] ring_stop_s counts from the next start on.")
        self.assertEqual(self.file.read_bytes(), self.old)

    def test_wrong(self) -> None:
        """Each mistake at its setting, all at once: values, keys and sections that there are not, files, menus."""
        found = self.findings(
            to("line 1-2", "ring_stop_s", "99"),
            to("line 1-2", "ring_stops", "3"),
            to("liens 3", "menu", "shop"),
            to("line 1-2", "menu", "nowhere"),
            to("recording", "announce", None),
            to("fax", "name", "two\nlines"),
            to("fax", "number", '"12"'),
            to("server", "time_zone", "x" * 300),
            to("server", "prompts", "p" * 300),
            to("server", "node", "a # b"),
        )
        said = {(section, key): sentence for section, key, sentence in found}
        self.assertEqual(said["line 1-2", "ring_stop_s"], "'99': needs a number from 2 to 20")
        self.assertIn("no such setting; did you mean 'ring_stop_s'?", said["line 1-2", "ring_stops"])
        self.assertIn("no such section", said["liens 3", ""])
        self.assertIn("nowhere", said["line 1-2", "menu"])
        self.assertIn("is needed", said["recording", "announce"])
        self.assertIn("U+000A", said["fax", "name"])
        self.assertIn("in quotes", said["fax", "number"])
        self.assertIn("no such time zone", said["server", "time_zone"])
        self.assertIn("is too long for the name of a file", said["server", "prompts"])
        self.assertIn("a comment behind a value", said["server", "node"])

    def test_no_changes(self) -> None:
        """What is none is refused before anything is looked at."""
        bad: tuple[object, ...] = (
            [],
            [RINGS | {"more": 1}],
            [RINGS | {"value": 8}],
            [RINGS | {"value": "x" * 1001}],
            [RINGS | {"section": "a]\n[b"}],
            [RINGS | {"section": "x" * 65}],
            [RINGS | {"key": "a = b\nc"}],
            [dict(RINGS) for _ in range(41)],
            "ring_stop_s",
        )
        for n, changes in enumerate(bad):
            self.assertEqual(self.ask("check_settings", changes), "an argument does not fit: setting_changes", n)
        self.assertEqual(self.ask("save_settings", [RINGS], "new"), "an argument does not fit: settings_digest")
        for place in ("section ", "section a]", "-1", "7x", 7, "section " + "x" * 100):
            self.assertEqual(self.ask("list_settings", place), "an argument does not fit: settings_place")


class SaveTests(SettingsCase):
    def test_saved(self) -> None:
        """The touched line is another, no other byte; the file of before is kept; who did it is in the event log."""
        answer = self.save(RINGS)
        self.assertEqual((answer["saved"], answer["findings"], answer["now"]), (True, [], []))
        self.assertEqual(answer["digest"], self.digest())
        self.assertEqual(self.file.read_bytes(), self.old.replace(b"ring_stop_s = 6", b"ring_stop_s = 8"))
        self.assertEqual(self.file.with_name("config.ini.bak").read_bytes(), self.old)
        self.assertEqual(self.audits(), [("[line 1-2] ring_stop_s = 8", "done")])
        row = self.rows()["line 1-2", "ring_stop_s"]
        self.assertEqual((row["value"], row["waits"]), ("8", True))

    def test_at_once(self) -> None:
        """What a running server can take over, it does: a line is out of service, and back by its default."""
        answer = self.save(to("line 1-2", "enabled", "no"), to("dialling", "reserve", "0"))
        self.assertEqual(answer["now"][0]["en"], "[dialling] reserve = 0")
        self.assertEqual(answer["restart"], [])
        self.assertIs(self.shop.server.lines[2].state, LineState.LOADED)
        self.assertEqual(self.shop.server.config.dialling.reserve, 0)
        self.save(to("line 1-2", "enabled", None), to("dialling", "reserve", None))
        self.assertIs(self.shop.server.lines[2].state, LineState.IDLE)
        self.assertEqual(self.file.read_bytes(), self.old)

    def test_a_mistake(self) -> None:
        """One mistake, and nothing is saved, whichever kind it is."""
        for wrong in (to("agents", "seats", "0"), to("line 1-2", "menu", "nowhere"), to("fax", "name", "a\nb")):
            answer = self.save(RINGS, wrong)
            self.assertFalse(answer["saved"])
            self.assertIn("stops", [row["grade"] for row in answer["findings"]])
        self.assertEqual(self.file.read_bytes(), self.old)
        self.assertEqual({result for _, result in self.audits()}, {"not-saved"})

    def test_as_many_as_there_may_be(self) -> None:
        """Forty changes fit into one message."""
        keys = [*self.rows("section dialling").values(), *self.rows("section fax").values()]
        keys += self.rows("section voicemail").values()
        keys += [*self.rows("section agents").values()][3:]
        answer = self.save(*(to(row["section"], row["key"], row["value"]) for row in keys[:40]))
        self.assertEqual((len(keys[:40]), answer["saved"]), (40, True))
        self.assertEqual(self.file.read_bytes(), self.old)

    def test_two_supervisors(self) -> None:
        """Who saves after somebody else has is told to look again, also if both do so at the same moment."""
        seen = self.digest()
        first = self.boss.ask("save_settings", [RINGS], seen)
        second = self.boss.ask("save_settings", [RINGS | {"value": "9"}], seen)
        self.assertTrue(self.do(first)["saved"])
        refused = self.do(second.addErrback(lambda failure: failure.value))
        self.assertIn("config.ini has been changed meanwhile by somebody else", refused.text("en"))
        self.assertIn(b"ring_stop_s = 8", self.file.read_bytes())

    def test_full_disk(self) -> None:
        """A file that cannot be written stays as it is, to the byte, with nothing beside it."""

        def full(handle: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        seen = self.digest()
        with patch.object(on_disk.os, "fsync", full):
            self.assertIn("the disk is full", self.ask("save_settings", [RINGS], seen))
        self.flushLoggedErrors(OSError)
        self.assertEqual(self.file.read_bytes(), self.old)
        self.assertEqual(sorted(one.name for one in self.file.parent.glob("config.ini*")), ["config.ini"])
        self.assertTrue(self.save(RINGS)["saved"])

    def test_edited_in_this_moment(self) -> None:
        """What somebody writes into the file while the changes are being judged is not written over."""
        with self.assertRaises(Complaint):
            write(self.file, b"[fax]\n", b"[fax]\nname = x\n")
        self.assertEqual(self.file.read_bytes(), self.old)
        write(self.file, self.old, b"[fax]\n")
        beside = self.file.with_name("config.ini.bak")
        self.assertEqual((self.file.read_bytes(), beside.read_bytes()), (b"[fax]\n", self.old))

    def test_no_file(self) -> None:
        """A file that is gone, or no text, is told of."""
        self.file.write_bytes(b"[fax]\nname = \xff\n")
        self.assertIn("is not UTF-8 text", self.save(RINGS))
        self.file.unlink()
        self.assertIn("could not use its files", self.ask("check_settings", [RINGS]))
        self.flushLoggedErrors(OSError)
