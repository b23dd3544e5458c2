"""The program in the desktop's menu."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.desktop import qt


class MenuEntryTests(SynchronousTestCase):
    def test_entry(self) -> None:
        """It names a program that there is, in both languages, with an icon of its own."""
        from callserver.desktop.menu_entry import write_menu_entry

        qt.application()
        home = Path(self.mktemp())
        file = write_menu_entry(home)
        entry = ConfigParser(interpolation=None)
        entry.optionxform = str  # type: ignore[assignment,method-assign]
        entry.read_string(file.read_text("utf-8"))
        section = entry["Desktop Entry"]
        self.assertEqual(section["Name"], "Telephone service centre")
        self.assertEqual(section["Name[zh_CN]"], "电话服务中心")
        self.assertTrue(Path(section["Exec"]).exists())
        self.assertTrue((home / "icons/hicolor/128x128/apps" / f"{section['Icon']}.png").exists())
