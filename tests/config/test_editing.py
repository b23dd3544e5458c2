"""Settings are changed in config.ini so that its owner finds all else as he left it."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from callserver.config.described import described, kind_of
from callserver.config.editing import Change, edited, is_section
from callserver.config.reading import Reading
from callserver.config.settings import SINGLE_SECTIONS, LineConfig, QueueConfig
from callserver.server.shop_folder import TOP

SHIPPED = (TOP / "config.ini").read_bytes()


class EditingTests(SynchronousTestCase):
    def test_one_line(self) -> None:
        """Of the whole file that a shop begins with, one line is another one, and no other byte."""
        new = edited(SHIPPED, [Change("line 1-20", "ring_stop_s", "8")])
        before, after = SHIPPED.splitlines(), new.splitlines()
        self.assertEqual(len(before), len(after))
        self.assertEqual([b for a, b in zip(before, after, strict=True) if a != b], [b"ring_stop_s = 8"])

    def test_as_it_was_written(self) -> None:
        """A mark of Windows, its line ends, capital letters, spacing: all stay."""
        old = BOM_UTF8 + "# 注释\r\n[agents]\r\nPort=8787\r\nhost :  127.0.0.1\r\nphone_log_in =\r\n".encode()
        changes = [
            Change("agents", "port", "8800"),
            Change("agents", "host", "0.0.0.0"),
            Change("agents", "phone_log_in", "**"),
        ]
        new = "# 注释\r\n[agents]\r\nPort=8800\r\nhost :  0.0.0.0\r\nphone_log_in = **\r\n"
        self.assertEqual(edited(old, changes), BOM_UTF8 + new.encode())

    def test_emptied(self) -> None:
        """A value that is taken away leaves its key."""
        self.assertEqual(edited(b"[fax]\nname = Shop", [Change("fax", "name", "")]), b"[fax]\nname =")

    def test_not_there_yet(self) -> None:
        """A setting that nobody has written is put behind the others of its section; a section at the end."""
        old = b"[fax]\nname = Shop\n\n# of letters\n[mail]\nserver = a:25"
        new = edited(old, [Change("fax", "tries", "3"), Change("backup", "keep", "7"), Change("backup", "at", "")])
        self.assertEqual(
            new,
            b"[fax]\nname = Shop\ntries = 3\n\n# of letters\n[mail]\nserver = a:25\n\n[backup]\nkeep = 7\nat =\n",
        )
        self.assertEqual(edited(b"", [Change("mail", "server", "a:25")]), b"[mail]\nserver = a:25\n")
        self.assertEqual(edited(b"[mail]", [Change("mail", "server", "a:25")]), b"[mail]\nserver = a:25\n")
        self.assertEqual(
            edited(b"[mail]\r\n\r\n", [Change("fax", "name", "x")]), b"[mail]\r\n\r\n[fax]\r\nname = x\r\n"
        )

    def test_names_of_sections(self) -> None:
        """What would break the file is no name of a section."""
        self.assertTrue(is_section("line 1-20"))
        for bad in ("", "a]\n[b", "a[", " a", "a\u2028b", 7, None):
            self.assertFalse(is_section(bad), bad)

    def test_what_is_to_be(self) -> None:
        """A text is read as the file would be, before it is one."""
        new = edited(SHIPPED, [Change("line 1-20", "ring_stop_s", "99")])
        reading = Reading(Path("config.ini"), {}, new)
        self.assertEqual([(one.section, one.key) for one in reading.findings], [("line 1-20", "ring_stop_s")])


class DescribedTests(SynchronousTestCase):
    def test_complete(self) -> None:
        """Every setting has its meaning, and no other has one; numbers have their range."""
        for kind in (*SINGLE_SECTIONS.values(), LineConfig, QueueConfig):
            for key, one in described(kind).items():
                self.assertNotEqual(one.meaning.msgid, key)
                self.assertEqual(bool(one.low), one.kind in ("whole number", "number"), key)

    def test_the_shipped_file(self) -> None:
        """What stands in the file of a first start is what is told as the default, but for what a shop has to say."""
        needed = {("recording", "announce"), ("line 1-20", "device")}
        for section, found in Reading(TOP / "config.ini", {}).sections.items():
            kind = kind_of(section)
            assert kind is not None
            for key, one in described(kind).items():
                default = None if (section, key) in needed else found.settings[key].value
                self.assertEqual(one.default, default, (section, key))

    def test_of_a_kind(self) -> None:
        """Seconds, a choice, yes or no."""
        ring, fax = described(LineConfig)["ring_stop_s"], described(LineConfig)["fax"]
        self.assertEqual(
            (ring.kind, str(ring.unit), ring.low, ring.high, ring.default), ("number", "seconds", "2", "20", "6")
        )
        self.assertEqual((fax.kind, fax.choices, fax.default), ("choice", ("no", "tone", "receive"), "tone"))
        self.assertEqual(described(LineConfig)["enabled"].kind, "yes or no")
        self.assertIsNone(kind_of("line"))
        self.assertIsNone(kind_of("menu x"))
