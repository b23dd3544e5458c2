"""A menu file, however it was typed, is read right or told with its line and what to do; in both languages."""

from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.ivr.menu_files.checks import Checks
from callserver.ivr.menu_files.reading import Known, ReadMenu, read_menu
from callserver.ivr.menu_files.steps import Choice, Digits, Say, Slot
from callserver.wire.catalogue import told

HERE = Path(__file__).parent
KNOWN = Known(
    numbers={"02188888888"},
    menus=("front", "survey", "reserve"),
    plugins=("shop", "message"),
    queues=("operator", "Orders"),
    prompts=("thank-you", "goodbye", "welcome"),
)
SMALL = """[menu]
languages = zh en
[choice main]
zh = 请按1。
en = Press 1.
press 1 = end
[say end]
play = goodbye
then = hangup
"""
FRONT = (HERE / "front.ini").read_text("utf-8")


def read(text: str | bytes) -> ReadMenu:
    return read_menu("test", text.encode() if isinstance(text, str) else text, KNOWN)


def faults(text: str | bytes) -> list[str]:
    """What is wrong, as `LINE: words`."""
    found = read(text)
    wrong = list(found.faults)
    if found.menu is not None:
        wrong = Checks({"test": found.menu}).faults("test")
    return [f"{fault.line}: {fault}" for fault in wrong]


class ExamplesTests(SynchronousTestCase):
    def test_three_menus(self) -> None:
        """The three menus of the manual are read without a fault."""
        for name in ("front", "survey", "reserve"):
            self.assertEqual(faults((HERE / f"{name}.ini").read_bytes()), [], name)

    def test_what_they_say(self) -> None:
        """Keys, kept names, places in texts and lines are as they were written."""
        rating = read((HERE / "survey.ini").read_bytes()).menu
        assert rating is not None
        choice = rating.steps["rating"]
        assert isinstance(choice, Choice)
        self.assertEqual((sorted(choice.keys), choice.save, choice.asking.tries), (list("12345"), "rating", 2))
        self.assertEqual(rating.steps["thanks"].line, 10)
        reserve = read((HERE / "reserve.ini").read_bytes()).menu
        assert reserve is not None
        people, right = reserve.steps["people"], reserve.steps["right?"]
        assert isinstance(people, Digits)
        assert isinstance(right, Choice)
        self.assertEqual((people.fewest, people.most), (1, 2))
        self.assertEqual(right.text.said["zh"], (Slot("people"), "位，对请按1，重输请按2。"))


class AsTypedTests(SynchronousTestCase):
    """What editors and keyboards in China make of a file is what was meant."""

    def same(self, content: bytes) -> None:
        self.assertEqual(read(content).menu, read(SMALL).menu)

    def test_editors(self) -> None:
        """A mark in front, line ends of Windows and of old Macs, tabs and blanks around everything."""
        self.same(b"\xef\xbb\xbf" + SMALL.encode())
        self.same(SMALL.replace("\n", "\r\n").encode())
        self.same(SMALL.replace("\n", "\r").encode())
        self.same(SMALL.replace(" = ", "\t=").replace("\nzh", "\n  zh").encode())

    def test_full_width_signs(self) -> None:
        """＝ ［ ］ １ ＊ ＃ and full-width letters are those of a narrow keyboard."""
        wide = SMALL.replace("=", "＝").replace("[", "［").replace("]", "］").replace("press 1 ", "ｐｒｅｓｓ　１　")
        self.same(wide.encode())
        found = read(SMALL.replace("press 1", "press ＊") + "").menu
        assert found is not None
        assert isinstance(found.steps["main"], Choice)
        self.assertEqual(list(found.steps["main"].keys), ["*"])

    def test_other_bytes(self) -> None:
        """A file of Chinese Windows or in UTF-16 is read, and that it is one is said."""
        for code in ("gb18030", "utf-16"):
            found = read(SMALL.encode(code))
            self.assertEqual(found.menu, read(SMALL).menu)
            self.assertIn("is not UTF-8", str(found.remarks[0]))

    def test_texts(self) -> None:
        """Quotes, colons, a second = and signs of comments belong to a text."""
        text = '“订货”: 请按1 = #好; "x"'
        found = read(SMALL.replace("请按1。", text)).menu
        assert found is not None
        assert isinstance(found.steps["main"], Choice)
        self.assertEqual(found.steps["main"].text.said["zh"], (text,))

    def test_capitals(self) -> None:
        """Names are the same in capital letters; a queue's are its own."""
        found = read(SMALL.replace("[say end]", "[SAY End]").replace("= hangup", "= queue Orders")).menu
        assert found is not None
        end = found.steps["end"]
        assert isinstance(end, Say)
        self.assertEqual(end.then.name, "Orders")


class FaultTests(SynchronousTestCase):
    """Each slip of an admin: its line, what is wrong, what to do."""

    def one(self, old: str, new: str, *expected: str) -> None:
        """This put in place of that in the small menu."""
        self.assertIn(old, SMALL)
        self.assertEqual(faults(SMALL.replace(old, new)), list(expected))
        for fault in read(SMALL.replace(old, new)).faults:
            self.assertNotEqual(told(fault, "zh"), str(fault))

    def test_lines(self) -> None:
        """A line that is none, a key twice, a section that is none."""
        hint = "a line is key = value, a text stays on one line"
        self.one("en = Press 1.", "en = Press 1\nor wait.", f"6: no = in 'or wait.'; {hint}")
        self.one(
            "press 1 = end", "press 1 = end\npress 1 = end", "7: 'press 1' is there already, on line 6; remove one"
        )
        self.one("[menu]", "menu]\n[menu]", f"1: no = in 'menu]'; {hint}")
        self.one("[menu]", "a = b\n[menu]", "1: 'a' stands before the first [section]; move it into one")
        self.one("then = hangup", "then =", NO_THEN, "9: 'then =': nothing stands beside =; write key = value")

    def test_unknown_words(self) -> None:
        """A kind, a setting, a prompt, a place in a text that there is not: what may have been meant."""
        self.one(
            "[choice main]", "[choise main]", "3: [choise main]: no such kind; did you mean 'choice'?",
        )  # fmt: skip
        self.one(
            "then = hangup", "than = hangup", NO_THEN, "9: 'than': [say end] has no such setting; did you mean 'then'?"
        )
        self.one("= goodbye", "= godbye", "8: there is no prompt 'godbye'; did you mean 'goodbye'?")
        self.one(
            "= goodbye", "= greeting", "8: there is no prompt 'greeting'; `callserver prompts list` shows all there are"
        )
        self.one("请按1。", "{mane}请按1。", "4: '{mane}': nothing is kept under this name; there is none yet")

    def test_keys(self) -> None:
        """Keys that there are not, or twice; a number that is none."""
        write = "write press 1, press 1-5, press * or press #"
        self.one("press 1", "press 10", f"6: 'press 10': no such key; {write}")
        self.one("press 1", "press 5-1", f"6: 'press 5-1': no such key; {write}")
        self.one(
            "press 1 = end", "press 1-3 = end\npress 2 = end", "7: 'press 2' is there already, on line 6; remove one"
        )
        self.one("languages = zh en", "tries = three", "2: tries = 'three': needs a whole number from 1 to 5")
        self.one("languages = zh en", "languages = zh fr", "2: 'fr': no such language; there are zh and en")

    def test_where_to(self) -> None:
        """No target, one that there is not, one that this server has not."""
        self.one("then = hangup", "# then", NO_THEN)
        self.one("press 1 = end", "press 1 = ende", "6: 'ende' is neither a step nor a target; did you mean 'end'?")
        self.one("= hangup", "= queue operater", "9: no queue 'operater'; did you mean 'operator'?")
        self.one("= hangup", "= plugin messages", "9: no plugin 'messages'; did you mean 'message'?")
        self.one("= hangup", "= menu surve", "9: no menu 'surve'; did you mean 'survey'?")
        self.one("= hangup", "= mailbox general", "9: 'mailbox general': write mailbox and its number")
        barred = "9: number 02162345678 may not be dialled; see [menus] may_dial in config.ini"
        self.one("= hangup", "= number 02162345678", barred)
        number = "write number and its digits, as they are dialled"
        self.one("= hangup", "= number 021-6234", f"9: 'number 021-6234': {number}")
        self.one("= hangup", "= office north", "9: 'office north': write office nearest, or office and its number")

    def test_texts(self) -> None:
        """A language without text, one that is too long, a brace alone."""
        self.one("en = Press 1.\n", "", "3: [choice main] has no en text; add en = ..., or play = NAME")
        self.one("Press 1.", "a" * 501, "5: too large: at most 500 characters a text; split it")
        self.one("Press 1.", "a {b", "5: a brace alone in the text; write {opens} or leave it out")

    def test_too_large(self) -> None:
        """A file or a number of steps beyond all bounds."""
        self.assertEqual(
            faults(SMALL + "#" * 70_000),
            [
                "1: too large: at most 64 KiB; split it",
                "1: there is no step in it; begin with [say NAME], [choice NAME] ...",
            ],
        )
        many = SMALL + "".join(f"[say s{n}]\nplay = goodbye\nthen = hangup\n" for n in range(250))
        self.assertIn("too large: at most 200 steps; split it", faults(many)[0])

    def test_hours(self) -> None:
        """Spans, days and dates that there are not."""
        self.assertEqual(faults(FRONT), [])
        for old, new, expected in (
            ("10:00-16:00", "9-16", "6: '9-16' is no time span; write 09:00-12:00, closed or all day"),
            ("10:00-16:00", "09:00-12:00, 11:00-13:00", "6: '09:00-12:00, 11:00-13:00': two of its spans overlap; "
             "write 09:00-12:00, 13:00-18:00"),
            ("sat =", "2027-02-30 =", "6: '2027-02-30': no such day"),
            ("sat =", "satt =", "6: 'satt': no such day; did you mean 'sat'?"),
            ("sat =", "fri =", "6: fri has hours already, on a line above; remove one"),
            ("holidays = cn", "holidays = us", "7: holidays = 'us': there is only cn"),
            ("hours = shop", "hours = shoop", "15: no hours 'shoop'; did you mean 'shop'?"),
        ):  # fmt: skip
            found = faults(FRONT.replace(old, new))
            self.assertEqual(found, [expected])

    def test_rounds(self) -> None:
        """What goes round without the caller, or lets him out nowhere."""
        round_ = "[say a]\nplay = goodbye\nthen = b\n[say b]\nplay = goodbye\nthen = a\n"
        self.assertEqual(faults(round_), ["1: goes round without the caller: a > b > a; let one lead out"])
        silent = SMALL.replace("[say end]", "silence = main\n[say end]")
        self.assertEqual(faults(silent), ["3: goes round without the caller: main > main; let one lead out"])
        stuck = "[choice a]\nplay = welcome\npress 1 = a\nsilence = a\nwrong = a\n"
        self.assertEqual(faults(stuck), ["1: goes round without the caller: a > a; let one lead out"])

    def test_rounds_over_menus(self) -> None:
        """A round that leads through another file is one too."""
        say = "[say a]\nplay = goodbye\nthen = menu {}\n"
        menus = {name: read_menu(name, say.format(other).encode()).menu for name, other in (("x", "y"), ("y", "x"))}
        checks = Checks({name: menu for name, menu in menus.items() if menu is not None})
        self.assertEqual(
            [str(one) for one in checks.faults("x")], ["goes round without the caller: a > y.a > a; let one lead out"]
        )

    def test_all_at_once(self) -> None:
        """Every slip of a file is told in one go, in the file's order."""
        text = (
            SMALL.replace("then = hangup", "then = night").replace("zh = 请按1。\n", "").replace("press 1", "press 1x")
        )
        self.assertEqual([one.split(":")[0] for one in faults(text)], ["3", "5", "8"])


NO_THEN = "7: [say end] needs then =; say where the call goes"


class AnyBytesTests(SynchronousTestCase):
    """Whatever stands in a file, nothing is raised."""

    @settings(max_examples=200, deadline=None)
    @given(st.binary(max_size=400))
    def test_bytes(self, content: bytes) -> None:
        self.assertIsNotNone(read(content))

    @settings(max_examples=150, deadline=None)
    @given(st.integers(0, 2**32), st.sampled_from(["front", "survey", "reserve"]))
    def test_mutations(self, seed: int, name: str) -> None:
        """Lines lost, doubled, swapped, and signs changed in a good menu."""
        faults(mutated((HERE / f"{name}.ini").read_text("utf-8"), Random(seed)))


def mutated(text: str, random: Random) -> bytes:
    """A file after some slips of the hand."""
    lines = text.splitlines()
    for _ in range(random.randint(1, 4)):
        at, other = random.randrange(len(lines)), random.randrange(len(lines))
        change = random.randrange(5)
        if change == 0 and len(lines) > 2:
            del lines[at]
        elif change == 1:
            lines.insert(at, lines[other])
        elif change == 2:
            lines[at], lines[other] = lines[other], lines[at]
        elif change == 3:
            place = random.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:place] + random.choice("=[]{}#*1-9:，。 ?\t＝") + lines[at][place + 1 :]
        else:
            lines[at] = lines[at][: random.randrange(len(lines[at]) + 1)]
        lines = lines or [""]
    return "\n".join(lines).encode()
