"""A line whose modem makes the signals of a fax by its own commands, byte by byte, on virtual time."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.fax.pages import text_like
from tests.whole.fax_case import ASKS_FOR_12, FaxShop, received, same


class FaxByModemTests(SynchronousTestCase):
    def open(self, **settings: str) -> FaxShop:
        shop = FaxShop(self, byte_share=1.0, settings=settings)
        self.page = text_like(120)
        shop.add_document("12", [self.page])
        shop.begins(ASKS_FOR_12)
        shop.until_said("fax-press-start")
        return shop

    def check(self, shop: FaxShop) -> None:
        """The page is the caller's, pel by pel, and the voice is back."""
        fax = shop.fax()
        outcome = shop.until(fax.receive())
        self.assertEqual((outcome.result.value, outcome.n_confirmed), ("success", 1))
        (got,) = received(fax)
        self.assertTrue(same(got, self.page))
        shop.until_said("fax-sent")
        shop.until_said("main-menu", 2)
        shop.press("*")
        shop.until_said("main-menu", 3)

    def test_class_1(self) -> None:
        """From voice to fax and back within the call: +FCLASS 8, 1, 8."""
        self.check(self.open(**{"fax_by = sound": "fax_by = modem"}))

    def test_sound_of_a_modem(self) -> None:
        """The soft modems over the voice stream of a modem, with all its bytes."""
        self.check(self.open())
