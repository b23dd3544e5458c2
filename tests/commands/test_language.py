"""Every command speaks the language of the person at the terminal, and breaks under no locale."""

import ast
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
from twisted.trial.unittest import SynchronousTestCase

import callserver
from callserver.wire import terminal
from callserver.wire.cells import cells, column
from callserver.wire.click_words import WORDS

TOP = Path(callserver.__file__).parent.parent
ALL_HELP = """
import click
from click.testing import CliRunner
from callserver.__main__ import main
from callserver.commands.telephone import telephone
from callserver.desktop.__main__ import main as agent
from callserver.wire.terminal import prepare

prepare()

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
EVERY_COMMAND = r"""
import os
import click
from callserver.__main__ import main
from callserver.commands.telephone import telephone
from callserver.desktop.__main__ import main as agent
from callserver.wire.terminal import prepare

def run(command, *line):
    try:
        command(line, prog_name="callserver")
    except SystemExit as end:
        print(end)

def lines(command, *line):
    yield (*line, "--help")
    if isinstance(command, click.Group):
        with click.Context(command) as context:
            for name in command.list_commands(context):
                yield from lines(command.get_command(context, name), *line, name)

os.chdir(os.environ["SHOP"])
tea = os.fsdecode("\u8336".encode())  # as it would be typed
prepare()
for command in (main, telephone, agent):
    for line in lines(command):
        run(command, *line)
for line in (("check",), ("check", "--json"), ("calls",), ("call", tea), ("staff", "list"), (tea,),
             ("listen", tea + ".wav"), ("rehearse", tea + ".ini"), ("emulate", "lines"), ("learn-tones", tea + ".wav")):
    try:
        run(main, *line, *(("--shop", os.getcwd()) if line[0] in ("check", "calls", "call") else ()))
    except Exception as problem:
        if isinstance(problem, UnicodeError):
            raise
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

    def test_click_speaks_chinese_too(self) -> None:
        """The words around ours: usage, options, what is wrong with a command line."""
        result = run("-m", "callserver", "staff", "-h", CALLSERVER_LANGUAGE="zh")
        said = result.stdout.decode()
        for words in ("用法： callserver staff [选项] 命令 [参数]...", "选项:", "命令:", "显示此说明并退出。"):
            self.assertIn(words, said)
        for line in (("clals",), ("calls", "--limt", "3"), ("calls", "--limit", "x"), ("call",), ("listen", "/")):
            result = run("-m", "callserver", *line, CALLSERVER_LANGUAGE="zh")
            self.assertEqual(result.returncode, 2, line)
            self.assertIn("错误：", result.stderr.decode())
            self.assertNotRegex(result.stderr.decode(), "[A-Z][a-z]+ [a-z]+ ", line)

    def test_every_word_of_click(self) -> None:
        """What a new version of click says to whoever types a command is in our catalogue, or is named here."""
        for_programmers = re.compile(
            "DeprecationWarning|deprecated|Windows|Editing failed|[Ss]hell completion|UUID|standard stream|"
            "Unknown color|flag for true|Name .* defined twice|one parameter declaration|No options defined|"
            "Could not determine name|must be an iterable|Invalid start character|Press any key|without prompting|"
            "not executable|valid boolean|does not match the format|values are required|Takes {nargs}|Choice\\(|"
            "version %|^d$"
        )
        folder = Path(click.__file__).parent
        trees = [ast.parse(file.read_text("utf-8")) for file in folder.glob("*.py")]
        calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
        asked = [node.args for node in calls if getattr(node.func, "id", "") in ("_", "ngettext")]
        said = {one.value for args in asked for one in args if isinstance(one, ast.Constant)}
        self.assertGreater(len(said), 60)
        self.assertEqual({words for words in said if not for_programmers.search(words)} - set(WORDS), set())

    def test_english(self) -> None:
        """Who has chosen English sees no Chinese."""
        said = self.help_in("en")
        self.assertIn("List calls, the newest first.", said)
        self.assertNotRegex(said, "[\u4e00-\u9fff]")
        self.assertEqual([line for line in said.splitlines() if len(line) > 80], [])


class FirstWordsTests(SynchronousTestCase):
    def test_version(self) -> None:
        """The version, as every program says it."""
        result = run("-m", "callserver", "--version")
        self.assertEqual(result.stdout.decode(), f"callserver {version('callserver')}\n")

    def test_short_help(self) -> None:
        """-h helps with every command, of groups too."""
        for line in ((), ("check",), ("staff",), ("staff", "list"), ("emulate", "ring"), ("call",)):
            result = run("-m", "callserver", *line, "-h")
            self.assertIn(b"Usage: callserver", result.stdout, line)

    def test_shop_before_the_command(self) -> None:
        """--shop may stand before the command or behind it; behind it counts; without any, the environment."""
        for line, shop in (
            (("--shop", "one", "check"), b"one"),
            (("check", "--shop", "two"), b"two"),
            (("--shop", "one", "check", "--shop", "two"), b"two"),
            (("check",), b"three"),
        ):
            result = run("-m", "callserver", *line, CALLSERVER_SHOP="three")
            self.assertEqual(result.returncode, 1)
            self.assertIn(b"/" + shop + b"/config.ini: there is no such file", result.stdout, line)

    def test_start_without_a_command(self) -> None:
        """Only --shop: that shop is started; here it is told what is wrong with it, without a traceback."""
        folder = Path(self.mktemp())
        folder.mkdir()
        (folder / "config.ini").write_text("[agents]\nport = x\nhost = y\n")
        result = run("-m", "callserver", "--shop", str(folder))
        self.assertEqual(result.returncode, 1)
        said = result.stderr.decode()
        for mistake in (
            "line 2: [agents] port: 'x'",
            "line 3: [agents] host: 'y'",
            "[recording]: the setting 'announce'",
        ):
            self.assertIn(mistake, said)
        self.assertNotIn("Traceback", said)


class LocaleTests(SynchronousTestCase):
    def test_every_command_under_every_locale(self) -> None:
        """Help, reports, mistakes: none of them breaks where Chinese cannot be shown (F7)."""
        shop = Path(self.mktemp()) / "茶店"
        shop.mkdir(parents=True)
        (shop / "config.ini").write_text("[server]\nprompts = 提示音\nnode = 茶\n[line 1]\nmenu = 茶\n", "utf-8")
        for environment in (
            {"PYTHONIOENCODING": "ascii"},
            {"PYTHONIOENCODING": "latin-1", "CALLSERVER_LANGUAGE": "zh"},
            {"PYTHONIOENCODING": "gb18030", "CALLSERVER_LANGUAGE": "zh"},
            {"PYTHONIOENCODING": "", "LC_ALL": "de_DE.ISO-8859-1"},
            NO_UTF8 | {"PYTHONIOENCODING": ""},
            NO_UTF8 | {"PYTHONIOENCODING": "", "CALLSERVER_LANGUAGE": "zh"},
        ):
            result = run("-c", EVERY_COMMAND, SHOP=str(shop), **environment)
            self.assertEqual(result.returncode, 0, result.stderr.decode("latin-1")[-2000:])
            self.assertNotIn(b"Traceback", result.stderr, environment)
            self.assertNotIn(b"Unicode", result.stdout + result.stderr, environment)

    def test_no_chinese_characters(self) -> None:
        """Under a locale without Chinese characters help is English, and nothing breaks (F7)."""
        latin_1 = {"PYTHONIOENCODING": "latin-1", "LANG": "zh_CN.ISO-8859-1"}
        for environment in (latin_1, NO_UTF8 | {"PYTHONIOENCODING": ""}):
            result = run("-m", "callserver", "--help", **environment)
            self.assertEqual((result.returncode, result.stderr), (0, b""))
            self.assertIn(b"A call-centre telephone server", result.stdout)

    def test_unprintable_names(self) -> None:
        """What such a terminal cannot show, the name of a folder for instance, is printed as "?"."""
        folder = Path(self.mktemp()) / "茶店"
        result = run("-m", "callserver", "check", "--shop", str(folder), PYTHONIOENCODING="latin-1")
        self.assertEqual(result.returncode, 1, result.stderr.decode())
        self.assertIn(b"/??/config.ini: there is no such file", result.stdout)

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
        said = [column(words, 6) for words in ("ab", "茶叶", "茶叶茶叶", "\x1b[2J")]
        self.assertEqual(said, ["ab    ", "茶叶  ", "茶叶茶叶", "?[2J  "])
