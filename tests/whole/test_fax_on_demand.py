"""A caller asks for a document and gets it in the same call: the whole server on virtual time, every sample of it."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.t30.results import FaxResult
from tests.fax.pages import text_like
from tests.whole.fax_case import ASKS_FOR_12, FaxShop, received, same


class FaxOnDemandTests(SynchronousTestCase):
    def test_in_the_same_call(self) -> None:
        """The page is his, pel by pel; then the voice is back and offers the main menu."""
        shop = FaxShop(self)
        page = text_like(200)
        shop.add_document("12", [page])
        shop.begins(ASKS_FOR_12)
        shop.until_said("fax-press-start")
        fax = shop.fax()
        outcome = shop.until(fax.receive())
        self.assertEqual((outcome.result, outcome.n_confirmed), (FaxResult.SUCCESS, 1))
        shop.until_said("main-menu", 2)
        (sent,) = shop.faxes()
        self.assertEqual((sent.result, sent.pages, sent.title), ("success", 1, "价目表"))
        (got,) = received(fax)
        self.assertTrue(same(got, page))
