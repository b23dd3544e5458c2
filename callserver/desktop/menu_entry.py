"""The program in the desktop's menu: an entry and an icon, where freedesktop.org's systems look for them."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from callserver.desktop.views.icons import program_icon
from callserver.wire.catalogue import N_, text

NAME, COMMENT = N_("Telephone service centre"), N_("Answer the shop's calls")
ICON_PX = (48, 128, 256)
CHECKOUT = Path(__file__).parents[2] / "bin" / "callserver-agent"


def write_menu_entry(data_home: Path | None = None) -> Path:
    """
    For this person alone; written anew each time.

    :param data_home: by default $XDG_DATA_HOME, or ~/.local/share
    :return: the entry's file
    :raises OSError: it cannot be written
    """
    home = data_home or Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # a picture is drawn, nothing is shown
    app = QGuiApplication.instance() or QGuiApplication([])
    for px in ICON_PX:
        file = home / "icons" / "hicolor" / f"{px}x{px}" / "apps" / "callserver-agent.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        program_icon().pixmap(px, px).save(str(file))
    del app
    entry = home / "applications" / "callserver-agent.desktop"
    entry.parent.mkdir(parents=True, exist_ok=True)
    entry.write_text(_entry(), "utf-8")
    return entry


def _entry() -> str:
    command = [str(CHECKOUT)] if CHECKOUT.exists() else [sys.executable, "-m", "callserver.desktop"]
    lines = {
        "Type": "Application",
        "Name": text("en", NAME),
        "Name[zh_CN]": text("zh", NAME),
        "Comment": text("en", COMMENT),
        "Comment[zh_CN]": text("zh", COMMENT),
        "Exec": shlex.join(command).replace("%", "%%"),
        "Icon": "callserver-agent",
        "Terminal": "false",
        "Categories": "Office;Telephony;",
        "StartupWMClass": "callserver-agent",
    }
    return "[Desktop Entry]\n" + "".join(f"{key}={value}\n" for key, value in lines.items())
