"""Programs are told what can be set of queues, hours, offices, people: from the forms that read it."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.organisation.describing import KINDS, PAGE, describe, described_kind, fields_place
from callserver.config import Unfit

NOBODY: Any = None


class DescribeTests(SynchronousTestCase):
    def rows(self, kind: str) -> dict[str, dict[str, Any]]:
        found, place = dict[str, dict[str, Any]](), ""
        while True:
            page = describe(NOBODY, kind, place)
            self.assertLessEqual(len(page["fields"]), PAGE)
            found |= {row["key"]: row for row in page["fields"]}
            place = page["next"]
            if not place:
                return found

    def test_complete(self) -> None:
        """Every setting is there, with a meaning in both languages."""
        for kind, form in KINDS.items():
            rows = self.rows(kind)
            self.assertEqual(set(rows), set(form.settings))
            for row in rows.values():
                self.assertTrue(row["meaning"]["en"] and row["meaning"]["zh"], row)

    def test_is_true(self) -> None:
        """What is told is what is taken: the edges of a range, and nothing beyond; each choice; the default."""
        for kind, form in KINDS.items():
            for key, row in self.rows(kind).items():
                read = form.settings[key].read
                for text in (row["low"], row["high"], *(one["value"] for one in row["choices"])):
                    if text:
                        read(text)
                if row["high"]:
                    self.assertRaises(Unfit, read, str(float(row["high"]) + 1))
                    self.assertRaises(Unfit, read, str(float(row["low"]) - 1))
                if row["default"]:
                    self.assertEqual(form.settings[key].show(read(row["default"])), row["default"])

    def test_a_queue(self) -> None:
        """Seconds have their range, a strategy its choices, a calendar is a name of hours."""
        rows = self.rows("queues")
        ring = rows["ring_s"]
        self.assertEqual([ring[name] for name in ("kind", "low", "high", "default")], ["number", "3", "120", "15"])
        self.assertEqual(ring["unit"]["en"], "seconds")
        self.assertIn("progressive", [one["value"] for one in rows["strategy"]["choices"]])
        for row in (rows["strategy"], rows["order"], self.rows("hours")["night"]):
            for one in row["choices"]:
                self.assertNotIn(one["value"], one["words"].values(), one)
        self.assertEqual((rows["calendar"]["kind"], rows["calendar"]["of"]), ("name", "hours"))

    def test_rights(self) -> None:
        """The eighteen rights, in the document's order and in words."""
        rights = self.rows("staff")["rights"]
        self.assertTrue(rights["list"])
        self.assertEqual(len(rights["choices"]), 18)
        self.assertEqual(rights["choices"][0]["value"], "supervisor")
        self.assertNotEqual(rights["choices"][0]["words"]["zh"], rights["choices"][0]["words"]["en"])

    def test_no_such_kind(self) -> None:
        """Something else is none."""
        self.assertTrue(described_kind("queues"))
        for place, fits in (("", True), ("15", True), ("-1", False), (15, False), ("x", False), ("1" * 9, False)):
            self.assertIs(fields_place(place), fits, place)
        self.assertEqual(describe(NOBODY, "queues", "9000")["fields"], [])
        for bad in ("queue", "", 7, None, ["queues"]):
            self.assertFalse(described_kind(bad))
