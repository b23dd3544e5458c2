"""What a computer remembers for its agents."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.own_settings import FILE, OwnSettings, Remembered


class OwnSettingsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())

    def test_kept(self) -> None:
        """What was chosen is there at the next start, names in Chinese too."""
        OwnSettings(self.folder).remember(number="801", servers=("店:8787",), keys={"HOLD": "F10"})
        found = OwnSettings(self.folder).now
        self.assertEqual((found.number, found.servers, found.keys), ("801", ("店:8787",), {"HOLD": "F10"}))

    def test_broken_file(self) -> None:
        """A file that cannot be read, or that somebody has edited into nonsense, keeps nobody from working."""
        self.folder.mkdir()
        for broken in (
            "",
            "{",
            "[]",
            '{"servers": "one"}',
            '{"number": 801}',
            '{"keys": {"HOLD": 6}}',
            '{"servers": [1]}',
            "\x00",
        ):
            (self.folder / FILE).write_text(broken, "utf-8")
            self.assertEqual(OwnSettings(self.folder).now, Remembered(), broken)

    def test_newer_file(self) -> None:
        """What only a newer program knows is left out; the rest counts."""
        self.folder.mkdir()
        (self.folder / FILE).write_text('{"number": "802", "ears": 2}', "utf-8")
        self.assertEqual(OwnSettings(self.folder).now.number, "802")

    def test_not_writable(self) -> None:
        """Where nothing can be written it is remembered until the end of the program."""
        self.folder.write_text("a file where the folder should be")
        settings = OwnSettings(self.folder)
        settings.remember(number="803")
        self.assertEqual(settings.now.number, "803")

    def test_watched(self) -> None:
        """Who watches is told after each change."""
        settings, told = OwnSettings(self.folder), []
        leave = settings.watch(lambda: told.append(settings.now.theme))
        settings.remember(theme="dark")
        leave()
        settings.remember(theme="light")
        self.assertEqual(told, ["dark"])

    def test_certificates(self) -> None:
        """One a server and port, whatever signs are in its name; never outside the folder."""
        settings = OwnSettings(self.folder)
        for host in ("shop.example", "::1", "../../etc/passwd", "a/b"):
            settings.pin(host, 8787, b"pem")
            file = settings.certificate_file(host, 8787)
            self.assertEqual((file.parent, file.read_bytes()), (self.folder, b"pem"))
        self.assertNotEqual(settings.certificate_file("a", 1), settings.certificate_file("a", 2))
        self.assertEqual(settings.certificate_file("Shop.Example", 1), settings.certificate_file("shop.example", 1))
