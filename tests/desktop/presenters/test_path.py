"""The way a caller has come, in words."""

from __future__ import annotations

import tomllib
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.presenters.path import TITLES, path_text
from callserver.features.shopping.flow.menu import WISHES as KEYS

CATALOGUE = Path(__file__).parents[3] / "voice-prompts" / "zh" / "catalogue.toml"
SHOP = ("shop", "zh/choose-language: -", "main-menu: 1", "enter-item-number: 1203", "enter-item-number: 0", "key 0")


class PathTests(SynchronousTestCase):
    def test_in_words(self) -> None:
        """No keys and no names of sentences, but what he wanted; a person once, and nothing of what he let pass."""
        self.assertEqual(path_text(SHOP, "en"), "shop › Main menu › To order › Item number 1203 › Person")

    def test_every_wish(self) -> None:
        """Each key of the shop's main menu has its words."""
        for key in KEYS:
            said = path_text((f"main-menu: {key}",), "en")
            self.assertFalse(any(sign.isdigit() for sign in said), said)

    def test_asks_at_once(self) -> None:
        """Who asks for a person in the main menu."""
        self.assertEqual(path_text(("main-menu: 0", "key 0"), "en"), "Main menu › Person")
        self.assertEqual(
            path_text(("en/choose-language: 2", "no input"), "en"), "Language › English › keyed in nothing"
        )

    def test_of_its_own_making(self) -> None:
        """Of a menu that the program does not know: its name, what it asks for and what he has keyed in."""
        path = ("reception", "Which day?: 5", "colour = red", "mailbox 12", "main-menu: 9", "שלום")
        said = "reception › 5 › colour = red › mailbox 12 › Main menu 9 › \u2068שלום\u2069"
        self.assertEqual(path_text(path, "en"), said)

    def test_known_sentences(self) -> None:
        """What has a title here is a sentence that the shop says."""
        catalogue = tomllib.loads(CATALOGUE.read_text("utf-8"))
        said = {name for part in catalogue.values() if isinstance(part, dict) for name in part}
        self.assertEqual([one for one in TITLES if one not in said], [])
