"""Every command speaks the language of the person at the terminal, and breaks under no locale."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

import callserver
from callserver.wire import terminal
from callserver.wire.terminal import cells

TOP = Path(callserver.__file__).parent.parent
ALL_HELP = """
import click
from click.testing import CliRunner
from callserver.__main__ import main
from callserver.commands.telephone import telephone
from callserver.desktop.__main__ import main as agent

def show(command):
    result = CliRunner().invoke(command, ["--help"], terminal_width=80)
    assert result.exit_code == 0, (command.name, result.output)
    print(result.output)
    if isinstance(command, click.Group):
        with click.Context(command) as context:
            for name in command.list_commands(context):
                show(command.get_command(context, name))

for command in (main, telephone, agent):
    show(command)
"""
NO_UTF8 = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: value for name, value in os.environ.items() if name not in (*terminal.CHOSEN_BY, "PYTHONIOENCODING")}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        timeout=60,
        check=False,
        env=kept | {"PYTHONPATH": str(TOP), "PYTHONIOENCODING": "utf-8"} | environment,
    )


class HelpTests(SynchronousTestCase):
    def help_in(self, language: str) -> str:
        result = run("-c", ALL_HELP, CALLSERVER_LANGUAGE=language)
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        return result.stdout.decode()

    def test_chinese(self) -> None:
        """Who has chosen Chinese reads what each command does in Chinese, within 80 columns."""
        said = self.help_in("zh")
        for words in ("店铺电话服务器", "列出通话记录", "运行交换机", "终端里的电话机", "接听店铺的电话"):
            self.assertIn(words, said)
        self.assertEqual([line for line in said.splitlines() if cells(line) > 80], [])

    def test_english(self) -> None:
        """Who has chosen English sees no Chinese."""
        said = self.help_in("en")
        self.assertIn("List calls, the newest first.", said)
        self.assertNotRegex(said, "[\u4e00-\u9fff]")
        self.assertEqual([line for line in said.splitlines() if len(line) > 80], [])


class LocaleTests(SynchronousTestCase):
    def test_no_chinese_characters(self) -> None:
        """Under a locale without Chinese characters help is English, and nothing breaks (F7)."""
        latin_1 = {"PYTHONIOENCODING": "latin-1", "LANG": "zh_CN.ISO-8859-1"}
        for environment in (latin_1, NO_UTF8 | {"PYTHONIOENCODING": ""}):
            result = run("-m", "callserver", "--help", **environment)
            self.assertEqual((result.returncode, result.stderr), (0, b""))
            self.assertIn(b"A call-centre telephone server", result.stdout)

    def test_unprintable_names(self) -> None:
        """What such a terminal cannot show, the name of a folder for instance, is printed as "?"."""
        top = Path(tempfile.mkdtemp())  # short: a socket's path may not be long
        self.addCleanup(shutil.rmtree, top)
        folder = top / "茶店"
        folder.mkdir()
        (folder / "config.ini").write_text(
            "[recording]\nannounce = yes\n[line 1]\ndevice = emulated\n[agents]\nport = 0\n"
        )
        result = run("-m", "callserver", "check", "--shop", str(folder), PYTHONIOENCODING="latin-1")
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        self.assertIn(b"/??/config.ini: all right", result.stdout)

    def test_choice(self) -> None:
        """CALLSERVER_LANGUAGE before LC_ALL before LC_MESSAGES before LANG; English when nothing is chosen."""
        cases = (
            ({}, "en"),
            ({"LANG": "zh_CN.UTF-8"}, "zh"),
            ({"LANG": "de_DE.UTF-8"}, "en"),
            ({"LANG": "zh_TW.UTF-8", "LC_MESSAGES": "C"}, "en"),
            ({"LANG": "C", "LC_ALL": "zh_CN", "LC_MESSAGES": "C"}, "zh"),
            ({"CALLSERVER_LANGUAGE": "en", "LC_ALL": "zh_CN"}, "en"),
            ({"CALLSERVER_LANGUAGE": "", "LC_ALL": "zh_CN"}, "zh"),
        )
        self.patch(terminal, "shows_chinese", lambda: True)
        for environment, language in cases:
            self.assertEqual(terminal.person_language(environment), language, environment)

    def test_both(self) -> None:
        """Who has not chosen yet is told in both languages, if the terminal can show them."""
        self.patch(terminal, "shows_chinese", lambda: True)
        self.assertEqual(terminal.both("Settings"), ["Settings", "设置"])
        self.patch(terminal, "shows_chinese", lambda: False)
        self.assertEqual(terminal.both("Settings"), ["Settings"])

    def test_columns(self) -> None:
        """A Chinese character takes two cells; nothing is cut, and nothing moves the cursor."""
        said = [terminal.column(words, 6) for words in ("ab", "茶叶", "茶叶茶叶", "\x1b[2J")]
        self.assertEqual(said, ["ab    ", "茶叶  ", "茶叶茶叶", "?[2J  "])
