"""The table of keys."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.keys import KEYS, Act, keys, shown_for
from callserver.wire.catalogue import known


class KeysTests(SynchronousTestCase):
    def test_each_key_once(self) -> None:
        """Two acts on one key would do neither."""
        self.assertEqual(len(set(KEYS.values())), len(KEYS))

    def test_none_that_input_methods_take(self) -> None:
        """No plain letter or digit, no blank with Ctrl or Shift, no F10."""
        for act, key in KEYS.items():
            self.assertFalse(len(key) == 1 and key.isalnum(), act)
            self.assertNotIn(key, ("Ctrl+Space", "Shift+Space", "F10"))

    def test_own_keys(self) -> None:
        """A person's own key counts; one that another act has, and an act that there is not, do not."""
        table = keys({"HOLD": "Ctrl+H", "MUTE": "F2", "FLY": "Ctrl+Y"})
        self.assertEqual((table[Act.HOLD], table[Act.MUTE]), ("Ctrl+H", KEYS[Act.MUTE]))

    def test_exchanged(self) -> None:
        """Two acts change places, or three go round; a third act on a key that is taken by then stays where it was."""
        table = keys({"HOLD": "F7", "MUTE": "F6"})
        self.assertEqual((table[Act.HOLD], table[Act.MUTE]), ("F7", "F6"))
        table = keys({"HOLD": "F7", "MUTE": "F8", "TRANSFER": "F6", "KEYPAD": "f7"})
        self.assertEqual([table[act] for act in (Act.HOLD, Act.MUTE, Act.TRANSFER)], ["F7", "F8", "F6"])
        self.assertEqual(table[Act.KEYPAD], "F11")

    def test_half_an_exchange(self) -> None:
        """Where the one cannot have the other's key, the other cannot have his either: no key does two things."""
        table = keys({"HOLD": "F7", "MUTE": "F2", "TRANSFER": "Alt+3"})
        self.assertEqual(len(set(table.values())), len(table))
        self.assertEqual([table[act] for act in (Act.HOLD, Act.MUTE, Act.TRANSFER)], ["F6", "F7", "F8"])

    def test_as_people_write_them(self) -> None:
        """Arrows and the blank have their signs and words; the outcomes stand there as one."""
        shown = [shown_for(act, KEYS[act], "zh") for act in (Act.BACK, Act.PLAY, Act.OUTCOME, Act.CARRY_OUT)]
        self.assertEqual(shown, ["←", "空格", "Alt+1…9", "Ctrl+Enter"])

    def test_in_both_languages(self) -> None:
        """Each act has a Chinese word."""
        self.assertEqual([act for act in Act if known("zh", act.value) == act.value], [])
