"""Adding a feature costs one line outside its room."""

from datetime import UTC, datetime
from typing import cast

from click.testing import CliRunner
from twisted.trial.unittest import SynchronousTestCase

from callserver.__main__ import main
from callserver.acd.seats.acts import SEAT_ACTS, Act
from callserver.config import ConfigError, read_config
from callserver.features import Asked, Feature, Shop
from callserver.lines.interfaces import Caller
from callserver.server import declarations
from callserver.server.features import FEATURES
from callserver.server.shop_folder import TOP
from callserver.wire.messages import Identity
from tests.shop import VirtualShop

TINY = "tests.features.tiny"


OURS = ("fax", "mailbox", "mailbox-calls", "prompts", "recorder", "recordings", "shop", "shop-news")


class FeatureTests(SynchronousTestCase):
    def setUp(self) -> None:
        FEATURES.append(TINY)  # the one line
        self.addCleanup(FEATURES.remove, TINY)
        config = read_config(TOP / "config.ini")
        shop = Shop(config, cast("object", None), cast("object", None), choice=lambda options: options[0])  # type: ignore[arg-type]
        self.features = declarations.declared(shop)

    def test_menu(self) -> None:
        """Its menu can be given to a line, beside those of other features and the shop's own."""
        menus = declarations.menus(self.features, {})
        self.assertEqual(sorted(menus), sorted([*OURS, "hello"]))

    def test_own_menu_goes_first(self) -> None:
        """A shop's own menu replaces a feature's of the same name."""
        own = declarations.menus(self.features, {})["hello"]
        self.assertIs(declarations.menus(self.features, {"shop": own})["shop"], own)

    def test_act(self) -> None:
        """Its act stands beside those of the seat."""
        acts = declarations.acts(SEAT_ACTS, self.features)
        seat = VirtualShop().agent("801")
        self.assertEqual(acts["greet"].do(seat, "the world"), "801 greets the world")
        self.assertIn("hold", acts)

    def test_act_of_the_same_name(self) -> None:
        """An act that there is already is refused at start, by the feature's name."""
        again = Feature("again", acts={"hold": Act(lambda seat: None)})
        with self.assertRaises(ConfigError) as caught:
            declarations.acts(SEAT_ACTS, [*self.features, again])
        self.assertEqual(str(caught.exception), "feature again: there is an act hold already")

    def test_card(self) -> None:
        """Its lines stand on the agent's card; who the caller is comes from whoever knows him first."""
        shop = VirtualShop()
        shop.lines[0].far_end.ring(Caller("13912345678", "Li Ming"))
        (call,) = shop.calls
        call.path.append("shop")
        tiny = self.features[-1]
        assert tiny.card is not None
        cards = declarations.Cards([tiny], lambda number: f"where {number} is")
        shares = cards.read(Asked(call.id, "13912345678", datetime.now(UTC)))
        known = Identity("1001", "Li Ming")
        card = cards.card(call, "operator", [*shares, type(shares[0])(known)])
        self.assertEqual([part.feature for part in card.parts], ["tiny"])
        self.assertEqual((card.identity, card.caller_name, card.path), (known, "Li Ming", ("shop",)))
        self.assertEqual(card.region, "where 13912345678 is")

    def test_command(self) -> None:
        """Its command is one of bin/callserver, and in its help."""
        self.assertEqual(CliRunner().invoke(main, ["hello"]).output, "hello from a feature\n")
        self.assertIn("  hello", CliRunner().invoke(main, ["--help"]).output)

    def test_no_such_command(self) -> None:
        """Without the feature there is no such command."""
        FEATURES.remove(TINY)
        self.addCleanup(FEATURES.append, TINY)
        self.assertNotEqual(CliRunner().invoke(main, ["hello"]).exit_code, 0)
