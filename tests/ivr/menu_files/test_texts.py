"""The sentences of a menu file, by the names under which they are recorded."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.ivr.known_text import KnownText
from callserver.ivr.menu_files.reading import Known, read_menu
from callserver.ivr.menu_files.texts import menu_texts

NIGHT = """
[menu]
languages = zh en
[hours shop]
mon-fri = 09:00-18:00
[when open?]
hours = shop
open = right?
closed = right?
[choice right?]
zh = 现在无人接听，{opens}恢复营业。留言请按1。
en = We are back {opens}.
zh again = 留言请按1。
press 1 = hangup
"""


class MenuTextsTests(SynchronousTestCase):
    def test_names(self) -> None:
        """What stands before and after a place are two; a question mark is left out; what is said again has its own."""
        read = read_menu("night", NIGHT.encode(), Known())
        self.assertIsNotNone(read.menu, read.faults)
        assert read.menu is not None
        found = [*menu_texts(read.menu)]
        self.assertEqual(
            [(one.name, one.language) for one in found],
            [
                ("night.right", "zh"),
                ("night.right.2", "zh"),
                ("night.right", "en"),
                ("night.right.again", "zh"),
            ],
        )
        self.assertIn(KnownText("night.right.again", "zh", "留言请按1。"), found)
