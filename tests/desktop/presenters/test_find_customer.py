"""A customer who is looked for by hand."""

from __future__ import annotations

from typing import Any

from callserver.desktop.presenters.find_customer import FindCustomer, FindCustomerData
from tests.desktop.presenters.order_rows import LI
from tests.desktop.presenters.work_case import WorkCase

WANG = LI | {"number": "600002", "name": "王芳"}


def found(*rows: dict[str, Any], more: str = "") -> dict[str, Any]:
    """A page of `find_customers`."""
    return {"found": list(rows), "next": more}


class FindCustomerTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[FindCustomerData] = []
        self.chosen: list[bool] = []
        self.finding = FindCustomer(self.work, self.shown.append, lambda: self.chosen.append(True))
        self.finding.start()
        self.addCleanup(self.finding.stop)

    def names(self) -> list[str]:
        return [row[1] for row in self.shown[-1].found]

    def test_late(self) -> None:
        """Who was looked for before does not come under the name of who is looked for now."""
        self.finding.find("Li")
        self.finding.find("Wang")
        li, wang = self.client.waiting
        wang.callback(found(WANG))
        li.callback(found(LI, more="x"))
        self.assertEqual((self.names(), self.shown[-1].has_more), (["王芳"], False))

    def test_pages(self) -> None:
        """The end of the list seen twice asks once for what is behind it."""
        self.finding.find("a")
        self.client.answers(found(LI, more="2-600001"))
        self.finding.more()
        self.finding.more()
        self.assertEqual(self.client.asked[1:], [("find_customers", "a", "2-600001")])
        self.client.answers(found(WANG))
        self.assertEqual(self.names(), ["李明", "王芳"])

    def test_chosen(self) -> None:
        """His record is in the tabs, and the panel has done its work."""
        self.finding.find("a")
        self.client.answers(found(LI, WANG))
        self.finding.choose("600001")
        self.assertEqual((self.client.asked[-1], self.chosen), (("show_customer", "600001"), [True]))

    def test_alone(self) -> None:
        """Who alone matches is shown at once."""
        self.finding.find("Li")
        self.client.answers(found(LI))
        self.assertEqual((self.client.asked[-1], self.chosen), (("show_customer", "600001"), [True]))

    def test_nobody(self) -> None:
        """Nothing typed asks for nobody; who is not there is said with his name."""
        self.finding.find("  ")
        self.assertEqual(self.client.asked, [])
        self.finding.find("Zhao")
        self.client.answers(found())
        self.assertIn("“Zhao”", self.shown[-1].note)
