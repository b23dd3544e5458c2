"""The order form: a line by two keys, the order by one more; what is typed is never lost."""

from __future__ import annotations

from typing import Any

from callserver.desktop.kept_drafts import KeptDrafts
from callserver.desktop.presenters.order_draft import ADDRESS, HITS, ITEM, PIECES
from callserver.desktop.presenters.order_form import OrderForm
from callserver.desktop.presenters.order_form_data import OrderFormData
from callserver.wire.catalogue import Complaint
from callserver.wire.messages import Card, Identity
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from tests.desktop.presenters.order_rows import TEA
from tests.desktop.presenters.work_case import WorkCase

TALKING, PAUSED = SeatState.TALKING, SeatState.PAUSED
CALL = Card("call-1", "13800138000", identity=Identity("600001", "李明"))
NEXT = Card("call-2", "13700001111")
LINE = TEA | {"available": 50, "limit": 20}
GOOD = {
    "item": "1001",
    "name_zh": "龙井绿茶",
    "name_en": "Longjing green tea",
    "price_fen": 6800,
    "stock": 50,
    "available": 50,
    "limit": 20,
    "on_sale": True,
}
FORM = {
    "call": "call-1",
    "lines": [],
    "total_fen": 0,
    "member": "600001",
    "proved": False,
    "balance_fen": 32000,
    "address": "深圳市南山区",
    "ordered": [],
    "pending": False,
}


class OrderFormTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[OrderFormData] = []
        self.closed: list[bool] = []
        self.form = OrderForm(self.work, self.shown.append, lambda: self.closed.append(True))
        self.form.start()
        self.addCleanup(self.form.stop)
        self.work.record.begin()
        self.addCleanup(self.work.record.end)

    @property
    def now(self) -> OrderFormData:
        return self.shown[-1]

    def acts(self) -> list[Any]:
        """What was asked, and is forgotten; not what other screens have asked."""
        acts, self.client.asked = self.client.asked, []
        return [act for act in acts if act[0] not in ("caller_customers", "show_customer")]

    def test_killed(self) -> None:
        """What was typed before the program was killed stands there again, and that is said; ordered, it is gone."""
        self.open()
        self.form.type(ADDRESS, "Nanshan 7")
        self.form.type(ITEM, "1001")
        self.clock.advance(5)
        self.form.stop()
        self.work.drafts = KeptDrafts(self.clock, self.work.settings, self.model)
        self.form = OrderForm(self.work, self.shown.append, lambda: self.closed.append(True))
        self.form.start()
        self.addCleanup(self.form.stop)
        self.open(lines=[LINE])
        told = "What you had typed is here again"
        self.assertEqual((self.now.address, self.now.item, self.now.told), ("Nanshan 7", "1001", told))
        self.form.type(ITEM, "")
        self.form.send_elsewhere(True)
        self.form.confirm()
        self.client.answers({"order": "20260001", "total_fen": 6800}, "finish_order")
        self.assertTrue(self.work.drafts.is_empty)

    def open(self, call: Card = CALL, **form: Any) -> None:
        """In this call Ctrl+N is pressed."""
        self.seat(TALKING, call)
        self.client.waiting.clear()
        self.form.open()
        self.client.answers(FORM | {"call": call.call_id} | form)
        self.acts()

    def put(self, item: str = "1001", pieces: str = "2") -> None:
        """Two Enters; the server has answered both."""
        self.form.type(ITEM, item)
        self.form.find()
        self.client.answers({"found": [GOOD], "next": ""})
        self.form.type(PIECES, pieces)
        self.form.add()
        self.client.answers([LINE])

    def test_begun_in_the_menu(self) -> None:
        """What the caller had put into his basket is there, with price, stock and sum."""
        self.open(lines=[LINE], total_fen=13600)
        self.assertEqual(self.now.heading, "New order · 李明 · Member 600001")
        self.assertEqual(self.now.lines, (("1001", "Longjing green tea", "¥68.00", "50", "2", "¥136.00"),))
        self.assertEqual((self.now.total, self.now.hint), ("¥136.00", "Read the order back; confirm after consent"))

    def test_line(self) -> None:
        """A number and Enter asks how many; Enter again adds it, and the next item can be typed."""
        self.open()
        self.form.type(ITEM, "1001")
        self.form.find()
        self.assertEqual((self.now.place, self.now.pieces), (PIECES, "1"))
        self.client.answers({"found": [GOOD], "next": ""})
        self.assertEqual(self.now.about_item, "1001 Longjing green tea · ¥68.00 · In stock 50")
        self.form.type(PIECES, "2")
        self.form.add()
        self.client.answers([LINE])
        self.assertEqual(self.acts(), [("find_items", "1001", ""), ("put_in_basket", "1001", 2, "call-1")])
        self.assertEqual((self.now.item, self.now.pieces, self.now.place), ("", "", ITEM))
        self.assertEqual((self.now.total, len(self.now.lines)), ("¥136.00", 1))

    def test_by_name(self) -> None:
        """Of several that match one is chosen; of none it says so, and the words stay."""
        self.open()
        self.form.type(ITEM, "tea")
        self.form.find()
        self.client.answers({"found": [GOOD, GOOD | {"item": "1002"}], "next": ""})
        self.assertEqual((self.now.place, len(self.now.hits)), (HITS, 2))
        self.form.choose(1)
        self.assertEqual((self.now.item, self.now.place, self.now.hits), ("1002", PIECES, ()))
        self.form.type(ITEM, "xyz")
        self.form.find()
        self.client.answers({"found": [], "next": ""})
        self.assertEqual((self.now.problem, self.now.item), ("No item matches “xyz”", "xyz"))

    def test_faster_than_the_server(self) -> None:
        """Ctrl+Enter before the line is in waits for it: nothing is left out of the order."""
        self.open()
        self.form.type(ITEM, "1001")
        self.form.find()
        self.form.add()
        self.form.confirm()
        self.assertEqual([act[0] for act in self.acts()], ["find_items", "put_in_basket"])
        self.client.answers({"found": [GOOD], "next": ""})
        self.client.answers([LINE])
        self.assertEqual(self.acts(), [("finish_order", "on delivery", "", "call-1")])

    def test_late_item(self) -> None:
        """What is found of an item that was typed before is not put in place of the one that stands there now."""
        self.open()
        self.form.type(ITEM, "tea")
        self.form.find()
        self.form.type(ITEM, "rice")
        self.client.answers({"found": [GOOD], "next": ""})
        self.assertEqual((self.now.item, self.now.about_item, self.now.place), ("rice", "", ITEM))

    def test_confirmed_and_away(self) -> None:
        """What was confirmed before its lines were in is ordered when they are, though the next call has the form."""
        self.open()
        self.form.type(ITEM, "1001")
        self.form.find()
        self.form.add()
        self.form.confirm()
        find, put = self.client.waiting
        self.seat(TALKING, NEXT)
        self.assertEqual(self.now.call_id, "call-2")
        find.callback({"found": [GOOD], "next": ""})
        put.callback([LINE])
        self.assertIn(("finish_order", "on delivery", "", "call-1"), self.acts())
        self.assertEqual(self.now.call_id, "call-2")

    def test_refused_line(self) -> None:
        """Only one is left: it is said at the quantity, what was typed stays, and nothing is confirmed."""
        self.open()
        self.form.type(ITEM, "1001")
        self.form.find()
        self.client.answers({"found": [GOOD], "next": ""})
        self.form.type(PIECES, "3")
        self.form.add()
        self.form.confirm()
        self.refuses(Refused.not_saved(Complaint("item {item}: {n} are there", item="1001", n=1)))
        self.client.answers({"found": [GOOD | {"available": 1}], "next": ""})
        self.assertIn("item 1001: 1 are there", self.now.problem)
        self.assertEqual((self.now.item, self.now.pieces, self.now.place), ("1001", "3", PIECES))
        self.assertTrue(self.now.about_item.endswith("Only 1 left"))
        self.assertNotIn("finish_order", [act[0] for act in self.acts()])

    def test_no_number_of_pieces(self) -> None:
        """Nothing, a word, and too many are not asked of the server."""
        self.open()
        for typed in ("", "two", "0", "1000", "-1"):
            self.form.type(ITEM, "1001")
            self.form.type(PIECES, typed)
            self.form.add()
            self.assertEqual((self.now.problem, self.now.place), ("How many? 1 to 999", PIECES), typed)
        self.assertEqual(self.acts(), [])

    def test_not_added_yet(self) -> None:
        """An item that is typed and not added is not silently left out."""
        self.open(lines=[LINE])
        self.form.type(ITEM, "1002")
        self.form.confirm()
        self.assertIn("Item 1002 is not in the order yet", self.now.problem)
        self.assertEqual(self.acts(), [])

    def test_confirmed(self) -> None:
        """Order … placed; the form is empty, and no draft any more."""
        self.open()
        self.put()
        self.assertTrue(self.form.has_drafts)
        self.acts()
        self.form.confirm()
        self.client.answers({"order": "20260017", "total_fen": 13600})
        self.client.answers(FORM | {"ordered": ["20260017"]})
        self.assertEqual((self.now.told, self.now.saved, self.now.lines), ("Order 20260017 placed · ¥136.00", "", ()))
        self.assertFalse(self.form.has_drafts)
        self.form.type(ITEM, "")
        self.assertEqual(self.now.hint, "Already ordered in this call: 20260017")

    def test_where_and_how(self) -> None:
        """Another address; from the balance only if the caller has proved who he is."""
        self.open(lines=[LINE])
        self.assertEqual((self.now.may_use_balance, self.now.balance), (False, "¥320.00"))
        self.form.send_elsewhere(True)
        self.form.confirm()
        self.assertEqual((self.now.problem, self.now.place), ("Write where it goes", ADDRESS))
        self.form.type(ADDRESS, " 上海市 1 ")
        self.form.pay("balance")
        self.form.confirm()
        self.assertEqual(self.acts(), [("finish_order", "balance", "上海市 1", "call-1")])

    def test_address_typed(self) -> None:
        """Who types another address has it sent there without choosing that first; emptied, the stored one counts."""
        self.open(lines=[LINE])
        self.form.type(ADDRESS, "上海市 1")
        self.assertTrue(self.now.is_elsewhere)
        self.form.type(ADDRESS, " ")
        self.assertFalse(self.now.is_elsewhere)
        self.form.type(ADDRESS, "上海市 2")
        self.form.confirm()
        self.assertEqual(self.acts(), [("finish_order", "on delivery", "上海市 2", "call-1")])

    def test_refused_order(self) -> None:
        """Why is said beside the button; the form stays as it was."""
        self.open(lines=[LINE])
        self.form.pay("balance")
        self.form.confirm()
        self.refuses(Refused.not_saved(Complaint("the balance is too low")))
        self.assertIn("the balance is too low", self.now.problem)
        self.assertEqual(self.now.problem_at, "")
        self.assertEqual((len(self.now.lines), self.now.payment), (1, "balance"))

    def test_next_call(self) -> None:
        """While the next one rings the form stays; answered, it is his, and the draft waits with its caller."""
        self.open()
        self.form.type(ITEM, "1001")
        self.seat(PAUSED)
        self.seat(SeatState.RINGING, NEXT)
        self.assertEqual((self.now.call_id, self.now.item), ("call-1", "1001"))
        self.seat(TALKING, NEXT)
        self.assertEqual((self.now.call_id, self.now.item), ("call-2", ""))
        self.assertEqual(self.now.drafts, (("call-1", "李明"), ("call-2", "13700001111")))
        self.form.turn_to("call-1")
        self.assertEqual((self.now.item, self.now.heading), ("1001", "New order · 李明 · Member 600001"))
        self.assertTrue(self.now.saved.startswith("Draft saved "))

    def test_while_he_listens(self) -> None:
        """Who listens to a colleague's talk orders nothing in it: the form stays with his own call."""
        self.open()
        self.seat(TALKING, NEXT, reason="listens")
        self.assertEqual(self.now.call_id, "call-1")

    def test_nothing_typed(self) -> None:
        """A form in which nothing was typed does not wait for anybody: a shift of calls leaves no heap of them."""
        self.open()
        self.seat(TALKING, NEXT)
        self.assertEqual(self.now.drafts, (("call-2", "13700001111"),))
        self.form.turn_to("call-1")
        self.assertEqual(self.now.call_id, "call-2")

    def test_back_to_the_draft(self) -> None:
        """Who has turned to an older draft stays there, whatever his seat says of the talk."""
        self.open()
        self.form.type(ITEM, "1001")
        self.seat(TALKING, NEXT)
        self.form.turn_to("call-1")
        self.seat(SeatState.HELD, NEXT)
        self.assertEqual(self.now.call_id, "call-1")

    def test_long_over(self) -> None:
        """Of twenty calls the drafts are kept, and not for ever: for older ones no order can be put down any more."""
        self.open()
        self.form.type(ITEM, "1001")
        for n in range(30):
            self.seat(TALKING, Card(f"later-{n}", "13700001111"))
        self.assertNotIn("call-1", [call_id for call_id, _ in self.now.drafts])
        self.form.turn_to("call-1")
        self.assertNotEqual(self.now.call_id, "call-1")

    def test_shown_draft_stays(self) -> None:
        """What is typed in the form that he has closed stays, however many calls come before he opens it again."""
        self.open()
        self.form.type(ITEM, "1001")
        self.form.close()
        for n in range(30):
            self.seat(TALKING, Card(f"later-{n}", "13700001111"))
        self.assertTrue(self.form.has_drafts)

    def test_while_it_rings(self) -> None:
        """Nothing is sold to who rings; it is said, and no more when he is answered."""
        self.seat(SeatState.RINGING, CALL)
        self.client.waiting.clear()
        self.form.open()
        self.refuses(Refused(Refusal.NOT_NOW, "ringing"))
        self.assertTrue(self.now.problem)
        self.seat(TALKING, CALL)
        self.client.answers(FORM)
        self.assertEqual((self.now.problem, self.now.stored), ("", "深圳市南山区"))

    def test_missed(self) -> None:
        """Who hung up while it rang has no form; Ctrl+N shows that of the caller before, as it was typed."""
        self.open()
        self.form.type(ITEM, "1001")
        self.form.close()
        self.seat(PAUSED, reason="wrap-up")
        self.seat(SeatState.RINGING, NEXT)
        self.seat(SeatState.IDLE_PC)
        self.form.open()
        self.assertEqual((self.now.heading, self.now.item), ("New order · 李明 · Member 600001", "1001"))
        self.assertEqual(self.acts()[-1], ("show_order_form", "call-1"))

    def test_closed_panel_asks_nothing(self) -> None:
        """Who has closed the form takes calls without its looking anybody up."""
        self.open()
        self.form.close()
        self.seat(TALKING, NEXT)
        self.assertEqual(self.acts(), [])

    def test_too_late(self) -> None:
        """A quarter of an hour after its call the server takes no order; what was typed can still be read."""
        self.open()
        self.put()
        self.form.confirm()
        self.refuses(Refused(Refusal.NO_CALL))
        self.assertTrue(self.now.problem)
        self.assertEqual(len(self.now.lines), 1)

    def test_discard(self) -> None:
        """It is asked first; then the basket is empty and the panel closed, though its call be long over."""
        self.open(lines=[LINE])
        self.form.ask_to_discard()
        assert self.now.question is not None
        self.form.answer(False)
        self.assertEqual((self.acts(), self.closed), ([], []))
        self.form.ask_to_discard()
        self.form.answer(True)
        self.assertEqual(self.acts(), [("empty_basket", "call-1")])
        self.refuses(Refused(Refusal.NO_CALL))
        self.assertEqual((self.closed, self.now.call_id), ([True], ""))

    def test_remove_and_reserve(self) -> None:
        """A line goes; what is not there is waited for."""
        self.open(lines=[LINE])
        self.form.remove(0)
        self.client.answers([])
        self.form.type(ITEM, "1004")
        self.form.type(PIECES, "2")
        self.form.reserve()
        self.client.answers(
            {"pieces": 2, "name_zh": "茶壶", "name_en": "teapot", "until": "2026-12-10T10:00:00+00:00", "order": ""}
        )
        self.assertEqual(self.acts(), [("take_from_basket", "1001", "call-1"), ("reserve_item", "1004", 2, "call-1")])
        self.assertEqual(self.now.told, "Reserved: 2 × teapot, until 2026-12-10")

    def test_another_in_the_tabs(self) -> None:
        """An order is the caller's; where somebody else's record is shown it says so."""
        self.open(lines=[LINE])
        self.work.record.customer = {"number": "600002"}
        self.form.refresh()
        self.assertIn("not for member 600002", self.now.hint)

    def test_no_call(self) -> None:
        """Without any call there is nobody to order."""
        self.form.open()
        self.assertTrue(self.now.hint.startswith("An order is put down for a caller"))
        self.form.confirm()
        self.form.type(ITEM, "1001")
        self.form.find()
        self.assertEqual(self.acts(), [])
