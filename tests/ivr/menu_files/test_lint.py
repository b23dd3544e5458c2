"""What callers would not like in a menu: each remark with its line, and silenced by a comment above it."""

from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree

from twisted.trial.unittest import SynchronousTestCase

from callserver.ivr.menu_files.file_menu import FileMenu
from callserver.ivr.menu_files.lint import lint
from callserver.ivr.menu_files.picture import Picture
from callserver.ivr.menu_files.reading import read_menu
from callserver.ivr.trying.walk import walk
from tests.ivr.menu_files.test_journey import NAMES, menus

TODAY = date(2026, 3, 2)
ASK = "[choice a]\nzh = 请按1。\nen = Press 1.\npress 1 = b\n"
END = "[say b]\nplay = goodbye\nthen = hangup\n"


def remarks(text: str, today: date = TODAY) -> list[str]:
    """All of a menu, as `LINE: words`."""
    read = read_menu("x", text.encode())
    assert read.menu is not None, read.faults
    return [f"{one.line}: {one}" for one in lint(read.menu, today, read.allowed)]


class LintTests(SynchronousTestCase):
    def check(self, text: str, *expected: str, today: date = TODAY) -> None:
        """These remarks, and none where the line allows them."""
        self.assertEqual(remarks(text, today), list(expected))
        lines = text.splitlines()
        for remark in reversed(expected):
            line, code, *_ = remark.split(":")
            lines.insert(int(line) - 1, f"# allow {code.strip()}")
        self.assertEqual(remarks("\n".join(lines), today), [])

    def test_examples(self) -> None:
        """The manual's menus are as they should be."""
        for name in NAMES:
            self.assertEqual(remarks((Path(__file__).parent / f"{name}.ini").read_text("utf-8")), [], name)

    def test_choices_and_lengths(self) -> None:
        """More choices than one keeps in mind, texts of more than half a minute; a rating may have five."""
        keys = "".join(f"press {n} = {'b' if n > 1 else 'c'}\n" for n in range(1, 7))
        said = "zh = 1 2 3 4 5 6\nen = 1 2 3 4 5 6\n"
        self.check(
            f"[choice a]\n{said}{keys}{END}[say c]\nplay = goodbye\nthen = hangup\n",
            "1: L1: 6 choices are more than callers keep in mind; at most 5",
        )
        self.check(
            ASK.replace("请按1", "请" * 150 + "按1") + END,
            "1: L2: the zh text is longer than half a minute (153 characters)",
        )

    def test_ways(self) -> None:
        """No person, steps and hours in vain, too many questions, an end without a word."""
        nobody = ASK.replace("press 1", "silence = b\nwrong = b\npress 0 = b\npress 1") + END
        self.check(nobody, "1: L3: no way from [choice a] to a person")
        self.check(ASK + END + END.replace(" b]", " c]"), "8: L4: no call ever comes to [say c]")
        self.check("[hours h]\nmon = all day\n" + ASK + END, "1: L4: no step looks at [hours h]")
        deep = "".join(ASK.replace("e a]", f"e a{n}]").replace("= b", f"= a{n + 1}") for n in range(4))
        self.check(
            deep.replace("= a4", "= b") + END,
            "13: L6: [choice a3] is question 4 of a caller's; at most 3 before he gets something",
        )
        self.check(ASK.replace("= b", "= hangup"), "4: L7: hangs up without a word at 1")

    def test_keys_and_texts(self) -> None:
        """A key that a text does not name, and one that it names in vain."""
        self.check(
            ASK.replace("Press 1", "Press 2").replace("= b\n", "= b\npress 3 = person\n").replace("请按1", "1 3") + END,
            "1: L5: the en text does not name key 1",
            "1: L5: the en text does not name key 3",
            "1: L5: the en text names key 2, which leads nowhere",
        )

    def test_dates(self) -> None:
        """A date that is over, and holidays that nobody has announced yet."""
        text = "[hours h]\nholidays = cn\n2026-02-01 = closed\n[when a]\nhours = h\nopen = b\nclosed = b\n" + END
        self.check(text, "1: L8: 2026-02-01 is over; remove the line")
        self.assertIn("holidays are known until 20", remarks(text, date(2040, 1, 1))[-1])

    def test_refused(self) -> None:
        """Who is not served should hear something."""
        self.check("[go a]\nto = queue operator\nrefused = hangup\n", "3: L10: who is not served is hung up on")


class WalkTests(SynchronousTestCase):
    def test_every_way(self) -> None:
        """By day, at night and on a holiday, in both languages, each key and silence: all come to an end."""
        found = menus()
        front = found["front"]
        assert isinstance(front, FileMenu)
        ways = list(walk(front, found, datetime(2026, 3, 2, 10).astimezone()))
        self.assertEqual([way for way in ways if way.is_wrong], [])
        steps = {step for way in ways for step in way.steps}
        self.assertEqual(steps, {*front.written.steps, "people", "right?", "leave", "done", "rating", "thanks"})
        self.assertEqual({way.ended for way in ways} >= {"office nearest", "hangup", "over"}, True)

    def test_lost(self) -> None:
        """A way on which something breaks is found without a test."""
        text = ASK.replace("= b", "= menu gone")
        found = menus(x=text.encode())
        front = found["x"]
        assert isinstance(front, FileMenu)
        ways = walk(front, found, datetime(2026, 3, 2, 10).astimezone())
        self.assertEqual({way.keys for way in ways if way.is_wrong}, {" 1"})


class PictureTests(SynchronousTestCase):
    def test_drawn(self) -> None:
        """Every step, target and text stands in the picture, in either language, as XML that can be read."""
        for name in NAMES:
            menu = menus()[name]
            assert isinstance(menu, FileMenu)
            for language in ("zh", "en"):
                picture = ElementTree.fromstring(Picture(menu.written, language).svg())
                texts = [one.text or "" for one in picture.iter("{http://www.w3.org/2000/svg}text")]
                for step in menu.written.steps.values():
                    self.assertIn(f"{step.kind} {step.name} :{step.line}", texts)
        self.assertIn("→ plugin message", texts)
