"""An admin rehearses faxes: a script's fax machine asks, receives, sends; what it has printed is a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.emulator.script_run import ScriptEvent, run_script
from callserver.fax.tiff.writer import append_page
from callserver.wire.script_words import ScriptError
from tests.fax.pages import text_like
from tests.whole.fax_case import ASKS_FOR_12, NUMBER, FaxShop, same

RECEIVES = ASKS_FOR_12.replace(
    "wait hang up within 3000",
    """wait sound
wait silence 1.2
fax receive page.png
wait sound
hang up""",
)
SENDS = """
dial 8008
wait answer
fax send offer.tif
hang up
"""


class FaxScriptTests(SynchronousTestCase):
    def run_script(self, shop: FaxShop, script: str) -> Deferred[list[ScriptEvent]]:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        append_page(self.folder / "offer.tif", self.page)
        return run_script(shop.exchange, script, phone=shop.phone(NUMBER), folder=self.folder)

    def setUp(self) -> None:
        self.page = text_like(200)

    def test_receives(self) -> None:
        """He asks for a document, presses Start, hears the voice again, and has the page as a picture."""
        shop = FaxShop(self)
        shop.add_document("12", [self.page])
        told = shop.until(self.run_script(shop, RECEIVES))
        self.assertIn("fax receive page.png", [event.what for event in told])
        shop.until_said("main-menu", 1)
        pels = np.asarray(Image.open(self.folder / "page.png").convert("L")) == 0
        rows = np.unpackbits(self.page.rows, axis=1).astype(bool)
        n_high = len(pels) // len(rows)  # a row of a standard page is two high, so that pels are square
        self.assertTrue(np.array_equal(pels[::n_high][-len(rows) :], rows), "below the line that says from whom it is")

    def test_sends(self) -> None:
        """A line that only receives takes his page, and it is in the shop's list."""
        shop = FaxShop(self, settings={"fax = tone": "fax = receive"})
        shop.until(self.run_script(shop, SENDS))
        (fax,) = shop.faxes()
        self.assertEqual((fax.direction, fax.pages, fax.result), ("in", 1, "success"))
        self.assertTrue(same(shop.pages_of(fax)[0], self.page))

    def test_in_vain(self) -> None:
        """What fails is told with its line, in words: no such document, nobody who sends, nobody called."""
        shop = FaxShop(self)
        for script, said in (
            (SENDS.replace("offer.tif", "none.tif"), "line 4"),
            ("fax receive page.png", "cannot fax now"),
            ("dial 8008\nwait answer\nfax receive page.png", "line 3"),
            ("dial 8008\nwait answer\nfax receive nowhere/page.png", "nowhere/page.png cannot be written"),
        ):
            with self.assertRaises(ScriptError) as caught:
                shop.until(self.run_script(shop, script))
            self.assertIn(said, str(caught.exception))
            shop.wait(30)
