"""An admin's hour: the shop is changed by commands alone, while its server runs and answers calls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from callserver.commands.demo import AGENT_VOICE, voice
from callserver.ivr.prompts import FOLDER
from callserver.server.shop_folder import ShopFolder

TOP = Path(__file__).parents[2]
LONGEST_S = 180
LOOKS = 20  # a second each, or nearly so
PIN = "470815"
FRONT = """
[say welcome]
zh = 欢迎来电。
en = Welcome.
then = main

[choice main]
zh = 订货请按1，人工请按0。
en = To order, press 1. For a person, press 0.
press 1 = plugin shop
press 0 = person
"""
KEY_ADDED = FRONT.replace("，人工", "，留言请按3，人工").replace(
    "press 1. For", "press 1. To leave a message, press 3. For"
)
KEY_ADDED += "press 3 = plugin message\n"
TESTED = """
[test the new key]
at = 2026-11-25 10:00
keys = 3 speak 5s
hears = welcome main
reaches = plugin message
"""
RECORDS = """
dial 8008
wait answer
wait silence 1.2 within 60
press 800#
wait silence 1.2 within 60
press {pin}#
wait sound
wait silence 1.2 within 60
press 1
wait silence 1.2 within 60
press {prompt}#
wait silence 1.2 within 60
press 2
wait silence 1.2 within 60
speak {voice}
press #
wait sound
wait silence 1.2 within 60
press #
wait sound
wait silence 1.2 within 60
hang up
quit
"""
LISTENS = "dial 8008\nwait answer\nwait sound\nwait silence 1.2 within 60\npress 3\nwait sound\nwait 2\nhang up\nquit\n"


class AdminHourTests(SynchronousTestCase):
    """The server is a process, as in a shop; so is each command. Commands wait until the server has followed."""

    def setUp(self) -> None:
        self.path = Path(mkdtemp(prefix="callserver-hour-"))  # short: a socket's path must be
        self.addCleanup(rmtree, self.path)
        self.shop = self.path / "shop"
        folder = ShopFolder(self.shop)
        folder.prepare()
        text = folder.config_file.read_text("utf-8").replace("port = 8787", "port = 0")
        folder.config_file.write_text(text.replace("[line 1-20]", "[line 1-2]"), "utf-8")
        self.plugins = self.shop / "plugins"
        self.plugins.mkdir(exist_ok=True)
        self.environment = os.environ | {"PYTHONPATH": str(TOP), "CALLSERVER_LANGUAGE": "en"}
        self.environment |= {"CALLSERVER_SHOP": str(self.shop)}
        server = subprocess.Popen(
            [sys.executable, "-m", "callserver"],
            cwd=self.path,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.addCleanup(self.stop, server)
        assert server.stdout is not None
        for line in server.stdout:
            if "Stop with Ctrl-C" in line:
                return
        self.fail("the server has not started")

    def stop(self, server: subprocess.Popen[str]) -> None:
        server.terminate()
        server.communicate()

    def command(self, *words: object, module: str = "callserver", typed: str = "", code: int = 0) -> str:
        """What it says, on either way."""
        done = subprocess.run(
            [sys.executable, "-m", module, *map(str, words)],
            cwd=self.path,
            env=self.environment,
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
        self.assertEqual(done.returncode, code, f"{words}: {done.stdout}")
        return done.stdout

    def call(self, script: str) -> None:
        """Somebody calls, and every line of his script comes to something."""
        self.command("--number", "13912345678", module="callserver.commands.telephone", typed=script)

    def timeline(self) -> str:
        """All of the newest call."""
        return self.command("call", json.loads(self.command("calls", "--json"))[0]["id"])

    def has(self) -> list[tuple[str, str]]:
        """The menu of each line, and whether it answers; once a call that is over has let go of it."""
        for _ in range(LOOKS):
            has = [(row["menu"], row["state"]) for row in json.loads(self.command("lines", "--json"))]
            if not any(state == "WAIT_HANGUP" for _, state in has):
                break
        return has

    def listed(self, name: str) -> dict[str, Any]:
        """A prompt in Mandarin, as the list has it."""
        rows = json.loads(self.command("prompts", "list", "--all", "--json", "--in", "zh"))
        (found,) = [row for row in rows if row["name"] == name]
        return dict(found)

    def test_hour(self) -> None:
        """A price, a product with its spoken name, the greeting, a key of a menu: each changed, heard, taken back."""
        self.goods()
        self.greeting()
        self.menu()

    def goods(self) -> None:
        self.command("goods", "price", "1001", "72")
        self.assertIn("72.00", self.command("goods", "list"))
        self.command("goods", "add", "1009", "毛峰", "name_en=Maofeng tea", "category=tea", "price=88", "stock=20")
        self.command("prompts", "upload", "goods.1009", FOLDER / "zh" / "goodbye.wav", "--in", "zh")
        self.assertEqual(self.listed("goods.1009")["text"], "毛峰")
        bought = self.command("try", "shop", "--keys", "1 1 1009# 1 2# 2", "--caller", "13912345678")
        self.assertIn("毛峰", bought)

    def greeting(self) -> None:
        """The supervisor records it by telephone, on lines that are lent to the menu `prompts`."""
        self.command("staff", "pin", "800", "--pin-stdin", typed=PIN + "\n")
        self.command("lines", "load", "1-2", "prompts")
        number = self.listed("welcome")["number"]
        self.call(RECORDS.format(pin=PIN, prompt=number, voice=voice(AGENT_VOICE)))
        self.command("lines", "back", "1-2")
        self.assertEqual(self.has(), [("shop", "IDLE"), ("shop", "IDLE")])
        self.assertIn("zh  welcome", self.command("prompts", "list", "--own"))
        self.command("prompts", "revert", "welcome", "--in", "zh")
        self.assertNotIn("welcome", self.command("prompts", "list", "--own"))

    def menu(self) -> None:
        """A key that leads nowhere is not loaded; one that is tried and tested is, on one line; back is as before."""
        front = self.plugins / "front.ini"
        front.write_text(FRONT, "utf-8")
        self.command("lines", "load", "1", "front")
        front.write_text(KEY_ADDED.replace("plugin message", "plugin massage"), "utf-8")
        self.assertIn("did you mean 'message'?", self.command("lines", "load", "1", "front", code=1))
        front.write_text(KEY_ADDED, "utf-8")
        self.assertIn("plugin message", self.command("try", "front", "--keys", "3 speak 5s"))
        (self.plugins / "front.test.ini").write_text(TESTED, "utf-8")
        self.assertIn("front.test.ini: 1 tests, 0 faults.", self.command("menus", "test", "front"))
        self.command("lines", "drain", "1")
        self.command("lines", "load", "1", "front")
        self.assertEqual(self.has(), [("front", "LOADED"), ("shop", "IDLE")])
        self.command("lines", "enable", "1")
        self.command("lines", "drain", "2")  # who calls comes to line 1
        self.call(LISTENS)
        self.assertRegex(self.timeline(), r"(?s)menu front .* input 3\n.* Please leave a message after the tone")
        self.command("lines", "back", "1")
        self.assertEqual(self.has()[0], ("front", "IDLE"))
