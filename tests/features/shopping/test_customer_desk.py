"""An agent finds, sees and changes the shop's customers; each look and each change is in the event log."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callserver.features.shopping import rules
from callserver.features.shopping.books import searching
from callserver.features.shopping.tables import Customer, CustomerNumber
from callserver.wire.refusals import Refusal, Refused
from tests.features.shopping.desk_case import DeskCase
from tests.features.shopping.shop_case import LI_MING, PIN

NAME = "李明 Li Ming"  # of 600001
STORABLE = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=80)


class FindTests(DeskCase):
    def found(self, words: str) -> list[str]:
        """Their numbers, all pages of them."""
        numbers, place = [], ""
        while True:
            page = self.ask("find_customers", words, place)
            numbers += [row["number"] for row in page["found"]]
            place = page["next"]
            if not place:
                return numbers

    def test_telephone(self) -> None:
        """A telephone finds its customer however it is written, whole or in part; figures of full width too."""
        for typed in (LI_MING, "+86 139 1234 5678", "0086-139-1234-5678", "(139) 12345678", "１３９１２３４５６７８"):
            self.assertEqual(self.found(typed)[0], "600001", typed)
        for part in ("139 1234", "5678", "+86 139 12"):
            self.assertIn("600001", self.found(part), part)

    def test_best_first(self) -> None:
        """Whose number it is comes first, then whose name begins so, then who has it in the name, or in the address."""
        rules.save_customer("600", "赵六", "李明路 1", [])
        rules.save_customer("700001", "李明珠", "上海", [])
        rules.save_customer("700002", "小李明", "上海", [])
        self.assertEqual(self.found("李明"), ["600001", "700001", "700002", "600"])
        self.assertEqual(self.found("600")[:2], ["600", "600001"])

    def test_several_words(self) -> None:
        """All words have to fit, each anywhere."""
        rules.save_customer("700001", "李明", "广东省深圳市", [])
        self.assertEqual(self.found("李明 深圳"), ["700001"])
        self.assertEqual(self.found("李明 nowhere"), [])

    def test_pages(self) -> None:
        """Of very many each is shown once, 50 at a time; who comes in between moves nobody."""
        for n in range(120):
            rules.save_customer(str(700000 + n), "欧阳三" if n % 2 else "欧阳", "北京", [])
        first = self.ask("find_customers", "欧阳", "")
        self.assertEqual(len(first["found"]), searching.PAGE)
        rules.save_customer("500000", "欧阳", "北京", [])
        second = self.ask("find_customers", "欧阳", first["next"])
        third = self.ask("find_customers", "欧阳", second["next"])
        numbers = [row["number"] for page in (first, second, third) for row in page["found"]]
        self.assertEqual(sorted(numbers), [str(700000 + n) for n in range(120)])
        self.assertEqual(third["next"], "")

    def test_removed(self) -> None:
        """Of whom only the number is left is not found."""
        Customer.update(name="", address="").where(Customer.member_number == "600001").execute()
        CustomerNumber.delete().where(CustomerNumber.customer == "600001").execute()
        self.assertEqual(self.found("600001"), [])

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.text(max_size=300), STORABLE)
    def test_any_words(self, words: str, name: str) -> None:
        """Whatever is typed, quotes, signs, emoji, is looked for as it is; a name is found by itself."""
        self.ask("find_customers", words, "")
        typed = " ".join(name.split())
        Customer.update(name=typed or "x").where(Customer.member_number == "600002").execute()
        self.store.run(rules.save_customer, "600002", searching.normalize("NFC", typed) or "x", "", [])
        if 0 < len(typed.split()) <= searching.WORDS_MAX:
            self.assertIn("600002", self.found(typed))

    def test_signs(self) -> None:
        """Signs that mean something to a database mean nothing here."""
        rules.save_customer("700001", "100% _\\ '\"", "x", [])
        for typed in ("%", "_", "\\", "'", '"', "100% _"):
            self.assertEqual(self.found(typed), ["700001"], typed)
        self.assertEqual(self.found("😀" * 300), [])

    def test_arguments(self) -> None:
        """Too long a text, and the place of no list, are refused."""
        for args in (("x" * 301, ""), ("x", "7"), ("x", "9-x"), (7, "")):
            with self.assertRaises(Refused) as caught:
                self.ask("find_customers", *args)
            self.assertIs(caught.exception.code, Refusal.BAD_ARGUMENT)


class LookTests(DeskCase):
    def test_whole(self) -> None:
        """Everything the shop knows, but not the PIN; noted once in a talk, and again in the next one."""
        rules.set_pin("600001", rules.pin_stored("730462"), is_first=True)
        call = self.talk()
        seen = self.ask("show_customer", "600001")
        self.assertEqual((seen["name"], seen["telephones"]), (NAME, rules.telephones_of("600001")))
        self.assertEqual((seen["balance_fen"], seen["points"], seen["pin"]), (50000, rules.points("600001"), "first"))
        self.assertEqual(seen["last_order"]["order"], rules.orders_of_member("600001", 1)[0].number)
        self.assertNotIn("scrypt", json.dumps(seen))
        self.ask("show_customer", "600001")
        self.assertEqual(self.audits(), [("show_customer", "customer 600001")])
        self.seat.hang_up()
        self.assertIsNotNone(call.ended)
        self.ask("show_customer", "600001")
        self.assertEqual(len(self.audits()), 1, "he writes up that talk")
        self.talk(line=1)
        self.ask("show_customer", "600001")
        self.assertEqual(len(self.audits()), 2)

    def test_one_by_one(self) -> None:
        """Who lists all customers leaves each of them in the log."""
        self.ask("find_customers", "", "")
        ((act, target),) = self.audits()
        self.assertEqual(act, "find_customers")
        self.assertEqual(target, "customer 600001, 600002, 600003, 600004")

    def test_locked(self) -> None:
        """That a PIN is locked is shown; somebody without one has none."""
        rules.set_pin("600001", rules.pin_stored(PIN))
        self.assertEqual(self.ask("show_customer", "600001")["pin"], "set")
        for _ in range(3):
            rules.begin_pin_try("600001", LI_MING, self.shop.events.now())
        self.assertEqual(self.ask("show_customer", "600001")["pin"], "locked")
        rules.save_customer("700001", "王芳", "上海", [])
        self.assertEqual(self.ask("show_customer", "700001")["pin"], "none")

    def test_nobody(self) -> None:
        """There is no such customer: in words."""
        self.assertIn("no customer 999", self.refused("show_customer", "999").text("en"))

    def test_caller(self) -> None:
        """Who the caller may be is known while he rings, and still after he has hung up."""
        call = self.ring()
        for step in (self.seat.answer, self.seat.hang_up, lambda: None):
            asked = self.ask("caller_customers")
            self.assertEqual((asked["call"], asked["telephone"]), (call.id, LI_MING))
            self.assertEqual([(one["number"], one["known_by"]) for one in asked["found"]], [("600001", "number")])
            step()
        self.shop.wait(901)
        self.assertIs(self.refused("caller_customers").code, Refusal.NOT_NOW)

    def test_several(self) -> None:
        """Whom several customers have written down, each in his way: all of them, who has proved himself first."""
        CustomerNumber.create(number="+8613912345678", customer="600002")
        self.talk()
        self.assertEqual(
            [(one["number"], one["known_by"]) for one in self.ask("caller_customers")["found"]],
            [("600002", "number"), ("600001", "number")],
        )
        self.seat.hang_up()
        self.talk(keys=("1", "3", "2", "600001#", f"{PIN}#", "2"), line=1)
        self.assertEqual(
            [(one["number"], one["known_by"]) for one in self.ask("caller_customers")["found"]],
            [("600001", "pin"), ("600002", "number")],
        )


class SaveTests(DeskCase):
    def field(self, refused: Refused) -> Any:
        """Which setting a refusal is about, as a program reads it."""
        return json.loads(refused.detail)[1]["field_word"]

    def test_change(self) -> None:
        """What is named is changed, the rest stays; who did it is in the log, and not what it says."""
        saved = self.ask(
            "save_customer", "600001", {"address": "  上海市  Nanjing Road 1 ", "telephones+": "13700000000"}
        )
        self.assertEqual((saved["name"], saved["address"]), (NAME, "上海市 Nanjing Road 1"))
        self.assertIn("13700000000", saved["telephones"])
        self.assertIn(LI_MING, saved["telephones"])
        self.assertIn(("save_customer", "customer 600001: address, telephones+"), self.audits())

    def test_new(self) -> None:
        """A new customer is given a number, and the telephone from which he calls."""
        self.talk("13700000000")
        saved = self.ask("save_customer", "", {"name": "王芳", "address": "上海"})
        self.assertEqual(saved["telephones"], ["13700000000"])
        self.assertEqual(rules.find_buyer("13700000000").member_number, saved["number"])  # type: ignore[union-attr]
        self.assertRegex(saved["number"], "[0-9]{8}")

    def test_new_without_telephone(self) -> None:
        """Of whom it is said that he has none, has none, whoever calls at this moment."""
        self.talk("13700000000")
        self.assertEqual(self.ask("save_customer", "", {"name": "王芳", "telephones": ""})["telephones"], [])

    def test_new_from_anothers(self) -> None:
        """Who calls from a customer's telephone and is somebody else has none, and may be told one."""
        self.talk()
        self.assertEqual(self.ask("save_customer", "", {"name": "王芳"})["telephones"], [])
        one = self.ask("save_customer", "", {"name": "赵六", "telephones": "13700000000"})
        self.assertEqual(one["telephones"], ["13700000000"])

    def test_refused(self) -> None:
        """What the command would refuse is refused in words, says of which field, and changes nothing."""
        for number, setting, field, words in (
            ("600001", {"telephones": "12"}, "telephones", "no telephone number"),
            ("600001", {"telephones": "13800138000"}, "telephones", "telephone of customer 600002"),
            ("600001", {"name": " "}, "name", "needs one"),
            ("600001", {"name": "x" * 81}, "name", "80"),
            ("600001", {"address": "x" * 301}, "address", "300"),
            ("600001", {"language": "fr"}, "language", "zh"),
            ("600001", {"balance": "5"}, "balance", "no such setting"),
            ("", {"address": "x"}, "name", "needs one"),
        ):
            rules.save_customer("600002", "张伟", "北京", ["13800138000"])
            before = [(row.member_number, row.name, row.address) for row in Customer.select()]
            refused = self.refused("save_customer", number, setting)
            self.assertEqual((refused.code, self.field(refused)), (Refusal.NOT_SAVED, field), setting)
            self.assertIn(words, refused.text("en"), setting)
            self.assertEqual([(row.member_number, row.name, row.address) for row in Customer.select()], before)
        self.assertIn("no customer 999", self.refused("save_customer", "999", {"name": "x"}).text("en"))
        self.assertEqual(len(self.audits()), 9, "refusals are in the log")
