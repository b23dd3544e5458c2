"""The table of keys."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.keys import KEYS, Act, keys
from callserver.wire.catalogue import known


class KeysTests(SynchronousTestCase):
    def test_each_key_once(self) -> None:
        """Two acts on one key would do neither."""
        self.assertEqual(len(set(KEYS.values())), len(KEYS))

    def test_none_that_input_methods_take(self) -> None:
        """No plain letter or digit, no blank with Ctrl or Shift, no F10."""
        for act, key in KEYS.items():
            self.assertGreater(len(key), 1, act)
            self.assertNotIn(key, ("Ctrl+Space", "Shift+Space", "F10"))

    def test_own_keys(self) -> None:
        """A person's own key counts; one that another act has, and an act that there is not, do not."""
        table = keys({"HOLD": "Ctrl+H", "MUTE": "F2", "FLY": "Ctrl+Y"})
        self.assertEqual((table[Act.HOLD], table[Act.MUTE]), ("Ctrl+H", KEYS[Act.MUTE]))

    def test_in_both_languages(self) -> None:
        """Each act has a Chinese word."""
        self.assertEqual([act for act in Act if known("zh", act.value) == act.value], [])
