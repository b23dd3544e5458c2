"""Recordings of the shop's own: every version is kept, and each can be heard again."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import FloatArray
from callserver.ivr.known_text import KnownText
from callserver.ivr.own_recordings import OURS, OwnRecordings
from callserver.ivr.prompt_files import PromptError
from callserver.ivr.prompt_list import PromptList, Said
from callserver.ivr.prompts import CATALOGUE, FOLDER, Catalogue, Prompts


def sound(n: int) -> FloatArray:
    return np.full(n, 0.25, np.float32)


class OwnRecordingsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.own = OwnRecordings(self.folder)

    def heard(self, name: str = "welcome", language: str = "zh") -> int:
        """How long what calls read is."""
        prompts = Prompts([self.folder])
        prompts.load()
        return prompts.sounds(language, name)[0].size

    def test_keep(self) -> None:
        """What is kept is what calls read; the ones before stay."""
        self.assertEqual([self.own.keep("zh", "welcome", sound(n)) for n in (80, 160)], [1, 2])
        self.assertEqual(self.heard(), 160)
        self.assertEqual(self.own.versions("zh", "welcome"), [1, 2])

    def test_revert(self) -> None:
        """One back, and one back, to the server's own; a new one after that has a number nobody had."""
        for n in (80, 160, 240):
            self.own.keep("zh", "welcome", sound(n))
        self.assertEqual([self.own.revert("zh", "welcome") for _ in range(3)], [2, 1, OURS])
        self.assertFalse(self.own.is_own("zh", "welcome"))
        self.assertRaises(PromptError, self.own.revert, "zh", "welcome")
        self.assertEqual(self.own.revert("zh", "welcome", 3), 3)
        self.assertEqual(self.heard(), 240)
        self.assertEqual(self.own.keep("zh", "welcome", sound(320)), 4)
        self.assertIn("1, 2, 3, 4", str(self.assertRaises(PromptError, self.own.revert, "zh", "welcome", 9)))

    def test_by_hand(self) -> None:
        """A recording that somebody has copied into the folder is a version too, however its name is written."""
        self.own.keep("en", "goodbye", sound(80))
        (self.folder / "en" / "goodbye.wav").rename(self.folder / "en" / "Welcome.WAV")
        self.own.keep("en", "welcome", sound(160))
        self.assertEqual(self.heard("welcome", "en"), 160)
        self.own.revert("en", "welcome")
        self.assertEqual(self.heard("welcome", "en"), 80)

    def test_text(self) -> None:
        """A name of goods is heard by its text, whatever is in it; another text is not heard by the old recording."""
        self.own.keep("zh", "goods.1000", sound(240), "茶🍵\x7f\n")
        self.own.keep("zh", "goods.1001", sound(80), '红枣"大"\\一袋')
        self.own.keep("zh", "goods.1002", sound(160), "生姜")
        prompts = Prompts([self.folder])
        prompts.load()
        found = prompts.named("zh", '红枣"大"\\一袋')
        self.assertEqual(found.size if found is not None else 0, 80)
        self.assertIsNone(prompts.named("zh", "红枣"))

    def test_name_taken_back(self) -> None:
        """A name whose recording was taken back is the server's own voice again, and the shop's once it comes back."""
        text = Catalogue.read(FOLDER / "zh" / CATALOGUE).names["longjing-tea"]
        self.own.keep("zh", "goods.1001", sound(80), text)
        for n, is_shops in ((OURS, False), (1, True)):
            self.own.revert("zh", "goods.1001", n)
            prompts = Prompts([self.folder, FOLDER])
            prompts.load()
            heard = prompts.named("zh", text)
            assert heard is not None
            self.assertEqual(heard.size == 80, is_shops)
            known = KnownText("goods.1001", "zh", text)
            (listed,) = PromptList([self.folder, FOLDER], [known], lambda language, text: None).find("goods.1001")
            self.assertIs(listed.said, Said.SHOP if is_shops else Said.OURS)

    def test_names(self) -> None:
        """No name leads out of the folder."""
        for name in ("../welcome", "a/b", "", ".hidden", "x" * 81):
            self.assertRaises(PromptError, self.own.keep, "zh", name, sound(80))
        self.assertEqual(self.own.keep("zh", "前台.问候", sound(80)), 1)

    @given(st.lists(st.one_of(st.just("keep"), st.just("revert"), st.integers(0, 5)), max_size=12))
    def test_any_order(self, acts: list[str | int]) -> None:
        """After anything, what is heard is one of the versions, or ours; none was ever changed or lost."""
        own = OwnRecordings(Path(self.mktemp()))
        kept: list[int] = []
        for n, act in enumerate(acts, 1):
            before = own.current("zh", "welcome")
            try:
                if act == "keep":
                    kept.append(own.keep("zh", "welcome", sound(80 * (1 + n % 2))))  # every other one is alike
                    self.assertEqual(own.current("zh", "welcome"), kept[-1])
                else:
                    now = own.revert("zh", "welcome", None if act == "revert" else int(act))
                    self.assertEqual(own.current("zh", "welcome"), now)
            except PromptError:
                self.assertEqual(own.current("zh", "welcome"), before)
            self.assertEqual(own.versions("zh", "welcome"), kept)
