"""An admin keeps the customers: money and points only by movements, a PIN seen once, lists whole or not at all."""

from __future__ import annotations

import json
from unittest.mock import patch

from callserver.acd.staff import passwords
from callserver.commands import customer_lists, customers
from callserver.features.shopping import rules
from callserver.features.shopping.tables import BalanceMovement, Customer, CustomerNumber
from callserver.store.tables import EventRow
from tests.commands.shop_case import NOW, ShopCase
from tests.store.sheets.test_sheets import workbook


class CustomersTests(ShopCase):
    group = customers.customers
    modules = (customers, customer_lists)

    def setUp(self) -> None:
        super().setUp()
        faster = patch.object(passwords, "N", 2)
        faster.start()
        self.addCleanup(faster.stop)

    def test_a_new_customer(self) -> None:
        """Added, found by his telephone however it is written, moved, given another number."""
        self.done("add 600009 'Chen Jie' telephones='+86 137 0000 1111, 010-62345679' address='Beijing 1' language=zh")
        self.assertEqual(self.store.run(rules.find_buyer, "13700001111").member_number, "600009")
        self.done("set 13700001111 address='Tianjin 2' telephones-=010-62345679")
        buyer = self.store.run(rules.find_member, "600009")
        self.assertEqual((buyer.address, self.store.run(rules.telephones_of, "600009")), ("Tianjin 2", ["13700001111"]))
        self.assertIn("'name=Chen Jie'", self.done("show 600009"))
        self.assertIn("balance 0.00 yuan, points 0, has no PIN", self.done("show 600009"))

    def test_money_and_points(self) -> None:
        """A payment comes once, whatever is pressed twice; nothing falls below nothing; all of it is in the account."""
        had = self.store.run(rules.balance, "600002")
        for _ in range(2):
            self.done("pay-in 600002 100.50 --reference slip-7")
        self.assertIn(
            "slip-7 was paid in before: nothing was added.", self.told("pay-in 600002 100.50 --reference slip-7")
        )
        for other in ("pay-in 600002 20", "pay-in 600003 100.50"):
            self.assertIn("give this payment another reference", self.refused(f"{other} --reference slip-7"))
        self.done("pay-out 600002 0.50")
        self.assertEqual(self.store.run(rules.balance, "600002"), had + 10000)
        self.assertIn("the balance is", self.refused("pay-out 600002 99999"))
        self.assertIn("is nothing", self.refused("pay-in 600002 0"))
        said = self.done("account 600002")
        self.assertRegex(said, r"-0\.50  paid out\n.+100\.50  paid in")
        self.assertEqual(json.loads(self.done("account 600002 --json"))[1]["amount_fen"], 10050)
        self.assertIn("has 50 points", self.told("points 600004 +50"))
        self.assertIn("has 30 points", self.told("points 600004 -20"))
        self.assertIn("has 30 points: take no more than that", self.refused("points 600004 -100"))
        self.assertIn("is nothing", self.refused("points 600004 0"))
        self.assertIn("there is no customer -100", self.refused("points -100"))
        self.assertRegex(self.done("points 600004"), r"-20  correction\n.+\+50  correction")

    def test_pin(self) -> None:
        """Made up, shown once, kept as a hash alone; it stands in no event; a weak one is refused."""
        result = self.command("pin 600002")
        shown = result.stdout.strip()
        self.assertRegex(shown, "^[0-9]{6}$")
        row = Customer.get_by_id("600002")
        self.assertTrue(rules.pin_matches(shown, row.pin) and row.pin_is_first)
        self.assertEqual([event for event in EventRow.select() if shown in event.data], [])
        self.assertIn("this PIN is too easy", self.refused("pin 600002 --pin-stdin", b"1234\n"))
        self.assertEqual(self.command("pin 600002 --pin-stdin", b"730591\n").stdout, "")

    def test_removed(self) -> None:
        """Nothing is left that says who he was; not while the shop has his money."""
        self.done("add 600009 'Chen Jie' telephones=13700001111")
        self.assertIn("600009 is deleted.", self.told("remove 600009"))
        self.assertIsNone(self.store.run(rules.find_member, "600009"))
        self.done("pay-in 600003 5")
        self.assertIn("pay it out first", self.refused("remove 600003"))
        self.done(f"pay-out 600003 {self.store.run(rules.balance, '600003') / 100:.2f}")
        self.assertIn("only the number is left, on which orders stand", self.told("remove 600003"))
        row = Customer.get_by_id("600003")
        self.assertEqual((row.name, row.address, row.pin), ("", "", None))
        self.assertEqual(CustomerNumber.select().where(CustomerNumber.customer == "600003").count(), 0)

    def test_mistakes(self) -> None:
        """Each says what would be right; nothing is changed."""
        for words, said in (
            ("add 600001 Li", "there is a customer 600001 already"),
            ("add 600009 Li telephones=12", "12 is no telephone number"),
            ("add 600009 Li telephones=13823456789", "13823456789 is a telephone of customer 600002"),
            ("add 600009 Li language=fr", "there are"),
            ("show 600099", "there is no customer 600099"),
            ("pay-in 600001 -5", "is below nothing"),
        ):
            self.assertIn(said, self.refused(words), words)

    def test_lists(self) -> None:
        """Found by what one knows of somebody, within eighty columns; and for programs."""
        self.assertIn("600002", self.done("list --find 138234"))
        (one,) = json.loads(self.done("list --find Smith --json"))
        self.assertEqual((one["number"], one["telephones"]), ("600004", ["13645678901"]))


class CustomerListTests(ShopCase):
    group = customers.customers
    modules = (customers, customer_lists)

    def test_round_trip(self) -> None:
        """What is exported is imported without a change."""
        for name in ("customers.xlsx", "customers.csv"):
            self.done(f"export {self.shop / name}")
            before = self.state()
            self.assertIn("new: 0, changed: 0, as before: 4", self.told(f"import {self.shop / name}"))
            self.assertEqual(self.state(), before)

    def test_taken_over(self) -> None:
        """New ones with their money, new numbers for old ones; a number that changes hands inside the list is right."""
        rows = (
            ["customer", "name", "telephones", "balance in yuan", "language", "points"],
            [600009, "Chen Jie", "13823456789", 20, "zh", 7],
            [600002, None, 13700001111, 1, None, None],
        )
        (self.shop / "new.xlsx").write_bytes(workbook(*rows))
        had = self.store.run(rules.balance, "600002")
        checked = self.done(f"import {self.shop / 'new.xlsx'} --check")
        self.assertIn("* 600002 telephones 13823456789 → 13700001111", checked)
        self.assertIn(
            "points are not taken from a list, and stay for 1 customers: 600009",
            self.command(f"import {self.shop / 'new.xlsx'} --check").stderr,
        )
        said = self.told(f"import {self.shop / 'new.xlsx'}")
        self.assertIn("the balance of 1 customers stays, though the list has another: 600002", said)
        self.assertEqual(self.store.run(rules.find_buyer, "13823456789", "cn").member_number, "600009")
        self.assertEqual(self.store.run(rules.find_buyer, "13700001111", "cn").name, "王芳 Wang Fang")
        self.assertEqual([self.store.run(rules.balance, one) for one in ("600009", "600002")], [2000, had])
        paid = BalanceMovement.get(BalanceMovement.customer == "600009")
        self.assertEqual((paid.amount_fen, paid.reason), (2000, "pay-in"))
        self.assertEqual(self.store.run(rules.movements, "600009")[0].at, NOW)

    def test_all_mistakes_are_told(self) -> None:
        """Every bad row; among them a telephone that two would have."""
        rows = (
            "customer,name,telephones,language",
            "600009,,1,",
            "600010,Li,13823456789,xx",
            "600011,Wu,13700001111,",
            "600012,Xu,137 0000 1111,",
        )
        said = self.refused("import -", "\n".join(rows).encode())
        for line in (
            "-, row 2, telephones, 1: 1 is no telephone number",
            "-, row 2, name, 600009: is new and has no name",
            "-, row 3, language, xx: ",
            "-, row 3, telephones: 13823456789 is a telephone of customer 600002",
            "-, row 4, telephones: 13700001111 is a telephone of customer 600012",
            "-, row 5, telephones: 13700001111 is a telephone of customer 600011",
        ):
            self.assertIn(line, said)
