"""A caller on his way through menu files, key by key, without a telephone."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from callserver.ivr.interfaces import ICall, IMenu
from callserver.ivr.menu_files.checks import Checks
from callserver.ivr.menu_files.file_menu import FileMenu
from callserver.ivr.menu_files.reading import read_menu
from callserver.ivr.trying.call import TryCall
from callserver.ivr.trying.keys import Script
from callserver.ivr.trying.run import run_menu
from callserver.lines.interfaces import Caller
from callserver.wire.catalogue import Complaint
from tests.ivr.menu_files.test_reading import mutated

HERE = Path(__file__).parent
NAMES = ("front", "survey", "reserve")
OPEN, CLOSED, SPRING = "2026-03-02 10:00", "2026-03-01 10:00", "2026-02-17 18:40"


@implementer(IMenu)
class Recorded:
    """Stands for a menu in Python."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def run(self, call: ICall) -> None:
        await call.record()


def menus(**texts: bytes) -> dict[str, IMenu]:
    """The three of the manual, and these in place of theirs; with two in Python."""
    contents = {name: (HERE / f"{name}.ini").read_bytes() for name in NAMES} | texts
    found: dict[str, IMenu] = {name: Recorded(name) for name in ("shop", "message")}
    for name, content in contents.items():
        written = read_menu(name, content).menu
        if written is not None:
            found[name] = FileMenu(written, menus=found)
    return found


def tried(
    menu: str, keys: str = "", at: str = OPEN, outcomes: Mapping[str, str] | None = None, **texts: str
) -> tuple[str, list[str], TryCall]:
    """How a call ends, and by which steps it went."""
    call = TryCall(Script(keys), datetime.fromisoformat(at).astimezone(), Caller("13912345678"), outcomes)
    ended = run_menu(menus(**{name: text.encode() for name, text in texts.items()})[menu], call)
    return ended, [str(one.data["step"]) for one in call.trace if one.kind == "step"], call


def said(call: TryCall) -> list[str]:
    """All prompts he heard."""
    return [str(prompt) for one in call.trace if one.kind == "said" for prompt in one.data["prompts"]]  # type: ignore


ASK = "[choice a]\nzh = 请按1。\nen = Press 1.\nzh again = 再说一遍，请按1。\nen again = Once more, press 1.\n"


class JourneyTests(SynchronousTestCase):
    def test_first_language(self) -> None:
        """Who has chosen none hears the menu's first; who has chosen keeps his, also where another one is first."""
        english = f"[menu]\nlanguages = en zh\n{ASK}press 1 = hangup\n"
        self.assertEqual(said(tried("x", "1", x=english)[2]), ["“Press 1.”"])
        call = TryCall(Script("1"), datetime.fromisoformat(OPEN).astimezone())
        call.language = "zh"
        run_menu(menus(x=english.encode())["x"], call)
        self.assertEqual(said(call), ["“请按1。”"])

    def test_ways(self) -> None:
        """Each key leads where the file says, by day, at night and on a holiday."""
        for at, keys, ended, steps in (
            (OPEN, "1 1", "over", ["welcome", "open?", "main"]),
            (OPEN, "1 3", "office nearest", ["welcome", "open?", "main"]),
            (OPEN, "1 0", "hangup", ["welcome", "open?", "main", "talk", "rating"]),
            (OPEN, "1 2 4# 1", "hangup", ["welcome", "open?", "main", "people", "right?", "leave", "done"]),
            (CLOSED, "1 1", "over", ["welcome", "open?", "night"]),
            (SPRING, "2 1", "over", ["welcome", "open?", "holiday", "night"]),
            (OPEN, "1 hangup", "caller", ["welcome", "open?", "main"]),
        ):
            self.assertEqual(tried("front", keys, at)[:2], (ended, steps), keys)

    def test_typed_ahead(self) -> None:
        """Who knows the way types all at once, and hears nothing of it."""
        self.assertEqual(tried("front", "105")[1], ["welcome", "open?", "main", "talk", "rating", "thanks"])
        ended, steps, call = tried("front", "1 24#1")
        self.assertEqual((ended, steps[-1]), ("hangup", "done"))
        self.assertNotIn("“位，对请按1，重输请按2。”", said(call))

    def test_wrong_keys(self) -> None:
        """Keys typed ahead behind a wrong one are forgotten, so that tries are not used up unheard."""
        ended, _, call = tried("front", "1 999 1")
        self.assertEqual(ended, "over")
        self.assertEqual(said(call).count("not-understood"), 1)

    def test_silence_and_wrong_keys_share(self) -> None:
        """Silence and wrong keys count together; the last one says where it leads."""
        text = ASK + "press 1 = c\nsilence = b\nwrong = c\n[say b]\nplay = goodbye\nthen = hangup\n[say c]\n"
        text += "play = welcome\nthen = hangup\n"
        self.assertEqual(tried("x", "- 5 -", x=text)[1], ["a", "b"])
        self.assertEqual(tried("x", "5 - 5", x=text)[1], ["a", "c"])

    def test_again(self) -> None:
        """A question that is repeated says its other text; * repeats it at no charge."""
        text = ASK + "press 1 = hangup\n"
        _, _, call = tried("x", "* - 1", x=text)
        self.assertEqual([one for one in said(call) if "按1" in one], ["“请按1。”"] + ["“再说一遍，请按1。”"] * 2)

    def test_back(self) -> None:
        """`back` is the question before, from the first one the beginning."""
        text = ASK + "press 1 = b\npress 2 = hangup\n[choice b]\nzh = 二\nen = two\npress 9 = back\npress 1 = b2\n"
        text += "[choice b2]\nzh = 三\nen = three\npress 9 = back\npress 1 = a\n"
        self.assertEqual(tried("x", "1 1 9 9 2", x=text)[1], ["a", "b", "b2", "b", "a"])

    def test_digits(self) -> None:
        """Too few or too many digits are told; what is right is kept and said again."""
        _, _, call = tried("reserve", "123# # 12# 2 7# 1")
        self.assertEqual([one.data["value"] for one in call.trace if one.kind == "saved"], ["12", "7"])
        self.assertIn("too-many-digits", said(call))
        self.assertIn("number-12", said(call))

    def test_next_opening(self) -> None:
        """{opens} is said as day and time, in the caller's language."""
        self.assertIn("date-2-24", said(tried("front", "1", SPRING)[2]))
        english = said(tried("front", "2", SPRING)[2])
        self.assertEqual(english[english.index("month-2") :][:4], ["month-2", "day-24", "number-9", "am"])

    def test_refused(self) -> None:
        """A queue that takes nobody leads where the file says: the step's own, else the menu's."""
        refused = {"queue operator": "no_agent", "office nearest": "full"}
        self.assertEqual(tried("front", "1 0 1", outcomes=refused)[1][-1], "night")
        _, _, call = tried("front", "1 3", outcomes=refused)
        self.assertEqual([one.data["target"] for one in call.trace if one.kind == "target"][-1], "plugin message")

    def test_person(self) -> None:
        """0 asks for a person where the file has no 0; who that is, [menu] person says."""
        self.assertEqual(tried("x", "0", x=ASK + "press 1 = hangup\n")[0], "person: asked for in the menu")
        self.assertEqual(tried("x", "0", x="[menu]\nperson = queue vip\n" + ASK + "press 1 = hangup\n")[0], "queue vip")
        self.assertEqual(tried("survey", "0")[0], "hangup")

    def test_plugin_wants_person(self) -> None:
        """A menu in Python that wants a person gets the one this menu has."""

        @implementer(IMenu)
        class Gives:
            name = "gives"

            async def run(self, call: ICall) -> None:
                from callserver.ivr.dialogue import WantsPerson

                raise WantsPerson("the account")

        text = "[menu]\nperson = queue vip\n[go a]\nto = plugin gives\n"
        written = read_menu("x", text.encode()).menu
        assert written is not None
        call = TryCall(Script(""), datetime.fromisoformat(OPEN).astimezone())
        self.assertEqual(run_menu(FileMenu(written, menus={"gives": Gives()}), call), "queue vip")

    def test_longest(self) -> None:
        """Who goes round and round by keys comes to a person: after so many steps, or so much time."""
        text = (
            "[menu]\nmax_s = 60\nperson = queue operator\n"
            + ASK
            + "press 1 = b\n[choice b]\nzh = 二\nen = two\npress 1 = a\n"
        )
        self.assertIn("person: too ", tried("x", "1 " * 300, x=text)[0])
        self.assertEqual(tried("x", "1 " * 300, x=text.replace("60", "1800"))[0], "person: too many steps")

    def test_script(self) -> None:
        """What a caller cannot do is refused in words."""
        with self.assertRaisesRegex(Complaint, "write keys as"):
            Script("2 one")
        self.assertEqual(tried("reserve", "4# 1 speak 12s")[0], "hangup")


class AnyCallerTests(SynchronousTestCase):
    """Whatever is in a file that was let through, and whatever a caller does: the call comes to an end."""

    @settings(max_examples=200, deadline=None)
    @given(
        st.integers(0, 2**32),
        st.sampled_from(NAMES),
        st.lists(st.sampled_from(["0", "1", "2", "3", "9", "*", "#", "12#", "4#", "-", "1204#"]), max_size=40),
        st.sampled_from(["answered", "no_agent", "full", "timed_out"]),
        st.sampled_from([OPEN, CLOSED, SPRING]),
    )
    def test_ends(self, seed: int, name: str, keys: list[str], outcome: str, at: str) -> None:
        content = mutated((HERE / f"{name}.ini").read_text("utf-8"), Random(seed))
        found = menus(**{name: content})
        written = {one: menu.written for one, menu in found.items() if isinstance(menu, FileMenu)}
        if name not in written or any(Checks(written).faults(one) for one in written):
            return
        outcomes = {"queue operator": outcome, "office nearest": outcome}
        call = TryCall(Script(" ".join(keys)), datetime.fromisoformat(at).astimezone(), outcomes=outcomes)
        ended = run_menu(found[name], call)
        self.assertFalse(ended.startswith("broken"), ended)
        self.assertLess(call.clock.seconds(), 3600)
