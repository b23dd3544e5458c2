"""A caller asks for a document and gets it in the same call: the whole server on virtual time, every sample of it."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.soft_modem import SoftModem
from callserver.features.faxing import rules
from callserver.features.faxing.rules import Fax
from callserver.wire.fax_results import FaxResult
from tests.fax.pages import text_like
from tests.whole.fax_case import ASKS_FOR_12, NUMBER, FaxShop, received, same

OTHER, ABROAD = "13912345679", "0012125550123"


class FaxOnDemandTests(SynchronousTestCase):
    def open(self, n_lines: int = 1, **settings: str) -> FaxShop:
        self.shop = FaxShop(self, n_lines, settings=settings)
        self.page = text_like(200)
        self.shop.add_document("12", [self.page])
        return self.shop

    @property
    def engines(self) -> Any:
        assert self.shop.server._faxes is not None
        return self.shop.server._faxes.engines  # type: ignore[attr-defined]

    def test_in_the_same_call(self) -> None:
        """The page is his, pel by pel; then the voice is back and offers the main menu. The recording has a mark."""
        shop = self.open()
        shop.begins(ASKS_FOR_12)
        shop.until_said("fax-press-start")
        fax = shop.fax()
        outcome = shop.until(fax.receive())
        self.assertEqual((outcome.result, outcome.n_confirmed), (FaxResult.SUCCESS, 1))
        shop.until_said("main-menu", 2)
        (sent,) = shop.faxes()
        self.assertEqual((sent.result, sent.pages, sent.title), ("success", 1, "价目表"))
        (got,) = received(fax)
        self.assertTrue(same(got, self.page))
        phases = ["fax", "fax set-up", "negotiate", "train", "negotiate", "page 1", "confirm", "release"]
        self.assertEqual(shop.subs()[: len(phases)], phases)
        self.assertIn("fax", [mark["text"] for mark in shop.happened("recording_mark")])
        self.assertEqual(len(shop.ask(rules.trace, sent.id)) > 5, True)

    def test_waits_for_an_engine(self) -> None:
        """The one engine is lent: he hears his place and music, and gets his fax when it is free."""
        shop = self.open(2, **{"engines = 4": "engines = 1"})
        shop.begins(ASKS_FOR_12)
        shop.until_said("fax-press-start")
        shop.begins(ASKS_FOR_12, OTHER)
        shop.until_said("fax-all-busy")
        shop.until_said("you-are-next")
        self.assertIn("fax engine", [str(one.sub) for one in shop.server.board.statuses.values()])
        shop.until(shop.fax().receive())
        shop.until_said("fax-press-start", 2)
        outcome = shop.until(shop.fax(OTHER).receive())
        self.assertEqual(outcome.n_confirmed, 1)
        shop.until_said("fax-sent", 2)
        self.assertEqual((self.engines.n_free, self.engines.n_waiting), (1, 0))

    def test_waits_no_more(self) -> None:
        """A key, or hanging up, ends the wait; nothing is lent to who is gone."""
        shop = self.open(2, **{"engines = 4": "engines = 1"})
        engine = self.engines.take_if_free()
        shop.begins(ASKS_FOR_12)
        shop.until_said("fax-all-busy")
        shop.press("1")
        shop.until_said("fax-later-or-back")
        self.assertEqual(self.engines.n_waiting, 0)
        shop.begins(ASKS_FOR_12, OTHER)
        shop.until_said("fax-all-busy", 2)
        shop.phone(OTHER).hang_up()
        shop.wait(3)
        self.assertEqual(self.engines.n_waiting, 0)
        engine.release()
        self.assertEqual(self.engines.n_free, 1)

    def test_later(self) -> None:
        """Nobody presses Start, twice: it is sent to the number he calls from, by itself."""
        shop = self.open(2)
        shop.begins(ASKS_FOR_12)
        for prompt, key in (("fax-again-or-later", "1"), ("fax-later-or-back", "2"), ("fax-number-is", "1")):
            shop.until_said(prompt)
            shop.press(key)
        shop.until_said("fax-later-noted")
        self.assertEqual([fax.result for fax in shop.faxes()], ["no_fax", "no_fax"])
        shop.phone().hang_up()
        phone = shop.phone()
        shop.until(phone.when(lambda: phone.stage.value == "ringing"))
        phone.lift()
        outcome = shop.until(shop.fax().receive())
        self.assertEqual(outcome.n_confirmed, 1)

    def test_later_not_abroad(self) -> None:
        """A number is what the exchange claims of him: a forged one makes the shop dial nowhere abroad."""
        shop = self.open(2)
        shop.begins(ASKS_FOR_12, ABROAD)
        for prompt, key in (
            ("fax-again-or-later", "1"),
            ("fax-later-or-back", "2"),
            ("fax-enter-number", "0012125550123#"),
        ):
            shop.until_said(prompt)
            shop.press(key, ABROAD)
        shop.until_said("fax-number-not-possible")

    def test_session_that_breaks(self) -> None:
        """A fault of ours ends that fax with a result; the caller is asked on, the engine is back."""
        shop = self.open()

        def broken(modem: SoftModem, block: object) -> Any:
            raise ZeroDivisionError("in the modem")

        shop.begins(ASKS_FOR_12)
        with patch.object(SoftModem, "exchange", broken):
            shop.until_said("fax-failed")
        self.flushLoggedErrors(ZeroDivisionError)
        self.assertEqual([fax.result for fax in shop.faxes()], ["broken"])
        self.assertEqual(self.engines.n_free, 4)
        shop.until_said("fax-again-or-later")

    def test_no_such_document(self) -> None:
        """A number that there is not is told so, and the list is there by a star."""
        shop = self.open()
        shop.begins(ASKS_FOR_12.replace("press 12#", "press 99#").rsplit("press 1\n", 1)[0] + "wait 3000")
        shop.until_said("fax-document-unknown")
        shop.until_said("fax-enter-document", 2)
        shop.press("*")
        shop.until_said("fax-document-number")
        self.assertTrue(any("“价目表”" in str(one["names"]) for one in shop.happened("prompt")))

    def test_killed(self) -> None:
        """What the server was killed in has the pages of its file after the next start, and nothing is left of it."""
        shop = self.open()
        began = shop.server.events.now()
        fax = Fax("f1", "in", "call-0", "line 1", NUMBER, began, file="doc-12.tif")
        shop.until(shop.server.store.write(rules.begin_fax, fax))
        shop.wait(1)
        (office,) = [one for one in shop.server.services if type(one).__name__ == "FaxOffice"]
        office.stopService()
        office.startService()
        (found,) = shop.faxes()
        self.assertEqual((found.result, found.pages), ("server_stopped", 1))
