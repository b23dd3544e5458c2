"""The customer's tab: what is typed stays with whom it was typed for."""

from __future__ import annotations

from typing import Any

from callserver.desktop.presenters.customer import Customer, CustomerData
from callserver.wire.catalogue import Complaint
from callserver.wire.messages import Card
from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState
from tests.desktop.presenters.order_rows import LI
from tests.desktop.presenters.work_case import WorkCase

STRANGER, NEXT = Card("call-1", "13800138000"), Card("call-2", "13700001111")


class CustomerTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[CustomerData] = []
        self.customer = Customer(self.work, self.shown.append)
        self.customer.start()
        self.addCleanup(self.customer.stop)
        self.work.record.begin()
        self.addCleanup(self.work.record.end)

    @property
    def now(self) -> CustomerData:
        return self.shown[-1]

    def talks(self, call: Card, *found: dict[str, Any], **more: Any) -> None:
        """With one whom the books know so."""
        self.client.waiting.clear()
        self.seat(SeatState.TALKING, call, **more)
        self.client.answers({"found": [one | {"known_by": "number"} for one in found]})
        if len(found) == 1:
            self.client.answers(found[0])
        self.client.asked.clear()

    def test_new_of_each_call(self) -> None:
        """A new customer is written down for his call: the next stranger is not given his name and number."""
        self.talks(STRANGER)
        self.customer.type("name", "Zhao")
        self.assertEqual(self.now.values["telephones"], "13800138000")
        self.talks(NEXT)
        self.assertEqual((self.now.values["name"], self.now.values["telephones"]), ("", "13700001111"))
        self.assertFalse(self.now.has_draft)
        self.assertTrue(self.customer.has_drafts, "the window asks before it is closed")
        self.talks(STRANGER)
        self.assertEqual(self.now.values["name"], "Zhao")

    def test_no_telephone(self) -> None:
        """Who is not to have the number that he calls from is saved with none, and not with that of whoever talks."""
        self.talks(STRANGER)
        self.customer.type("name", "Zhao")
        self.customer.type("telephones", "")
        self.customer.save()
        self.assertEqual(self.client.asked, [("save_customer", "", {"name": "Zhao", "telephones": ""})])

    def test_saved_late(self) -> None:
        """A new customer who is in the books when the next stranger calls is not taken for him."""
        self.talks(STRANGER)
        self.customer.type("name", "Zhao")
        self.customer.save()
        (saved,) = self.client.waiting
        self.assertEqual(self.client.asked, [("save_customer", "", {"name": "Zhao", "telephones": "13800138000"})])
        self.talks(NEXT)
        saved.callback(LI | {"number": "700001"})
        self.assertEqual((self.work.record.member, self.now.is_new), ("", True))
        self.assertFalse(self.customer.has_drafts)

    def test_saved(self) -> None:
        """Only what was changed is told; then it is shown as it stands in the books."""
        self.talks(STRANGER, LI)
        self.customer.type("address", " Shenzhen ")
        self.customer.type("name", LI["name"])
        self.customer.save()
        self.assertEqual(self.client.asked, [("save_customer", LI["number"], {"address": "Shenzhen"})])
        self.client.answers(LI | {"address": "Shenzhen"})
        self.assertEqual((self.now.values["address"], self.now.has_draft), ("Shenzhen", False))

    def test_typed_while_it_is_saved(self) -> None:
        """What is typed before the answer is here stays, also of a new customer, who has his number by then."""
        for known in ((LI,), ()):
            self.talks(STRANGER, *known)
            self.customer.type("address", "Shenzhen")
            self.customer.save()
            self.customer.type("name", "Li Ming")
            self.client.answers(LI | {"address": "Shenzhen"})
            self.assertEqual((self.now.values["name"], self.now.has_draft), ("Li Ming", True))
            self.customer.discard()
            self.talks(NEXT)

    def test_typed_back(self) -> None:
        """What reads as it did before is no draft; what is discarded is gone."""
        self.talks(STRANGER, LI)
        self.customer.type("name", "x")
        self.customer.type("name", LI["name"])
        self.assertFalse(self.now.has_draft)
        self.customer.type("name", "x")
        self.customer.discard()
        self.assertEqual((self.now.has_draft, self.now.values["name"]), (False, LI["name"]))

    def test_blank(self) -> None:
        """Blanks alone are nothing to save or to be asked about; they stay where words go on after them."""
        self.talks(STRANGER, LI)
        self.customer.type("name", LI["name"] + " ")
        self.assertEqual((self.now.has_draft, self.customer.has_drafts), (False, False))
        self.assertEqual(self.now.values["name"], LI["name"] + " ")
        asked = len(self.client.asked)
        self.customer.save()
        self.assertEqual(len(self.client.asked), asked)
        self.customer.type("name", LI["name"] + " X")
        self.assertEqual((self.now.has_draft, self.customer.has_drafts), (True, True))

    def test_refused(self) -> None:
        """Why it was not saved stands beside its field; what was typed stays."""
        self.talks(STRANGER, LI)
        self.customer.type("telephones", "12")
        self.customer.save()
        self.refuses(Refused.not_saved(Complaint("{field_word}: {problem}", field_word="telephones", problem="short")))
        self.assertEqual((self.now.problem_field, self.now.values["telephones"]), ("telephones", "12"))
        self.assertIn("short", self.now.problem)

    def test_claimed(self) -> None:
        """That the caller is he is said of the call on the screen; of whom one consults nothing is said."""
        self.talks(STRANGER, LI)
        self.seat(SeatState.TALKING, NEXT, kept=STRANGER)
        self.assertTrue(self.now.may_claim)
        self.customer.claim()
        self.assertEqual(self.client.asked, [("identify_caller", LI["number"], "call-1")])
        self.seat(SeatState.IDLE_PC)
        self.assertFalse(self.now.may_claim)
