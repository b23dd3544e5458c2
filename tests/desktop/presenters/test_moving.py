"""Colleagues and who waits at the right, and the panel that sends calls on, without a server."""

from __future__ import annotations

from dataclasses import replace

from callserver.desktop.not_connected import NO_ANSWER, NotConnected
from callserver.desktop.presenters.side import Side, SideData
from callserver.desktop.presenters.transfer import Transfer, TransferData
from callserver.desktop.presenters.transfer_list import Filter
from callserver.wire.messages import Card, ChannelRow, QueueRow, Waiter
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.desktop.presenters.work_case import EVERY_RIGHT, WorkCase

LI, ZHAO = Card("call-1", "13800138000", caller_name="李明"), Card("call-2", "802", caller_name="刘洋")
BOARD = (
    ChannelRow("seat 801", "IDLE_PC", name="王芳"),
    ChannelRow("seat 802", "IDLE_PC", since_s=310, name="刘洋"),
    ChannelRow("seat 803", "TALKING", since_s=190, name="陈静"),
    ChannelRow("seat 804", "PAUSED", sub="break", name="赵磊"),
    ChannelRow("seat 805", "PAUSED", sub="client lost", name="周"),
    ChannelRow("seat 806", "OFF"),
    ChannelRow("line 1", "IDLE"),
)
QUEUES = (QueueRow("shop", 2, 80, (Waiter("w1", "139", 80), Waiter("w2", None, 31, call_back=True))),)


class SideCase(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.log_in(BOARD, QUEUES)
        self.shown: list[SideData] = []
        self.side = Side(self.work, self.shown.append)
        self.side.start()
        self.addCleanup(self.side.stop)


class SideTests(SideCase):
    def test_colleagues(self) -> None:
        """Everybody who is logged in but oneself, with what he does and for how long; the clock goes on."""
        rows = [f"{row.title} {row.detail}" for row in self.shown[-1].colleagues]
        self.assertEqual(
            rows, ["802 刘洋 Idle 5:10", "803 陈静 Talking 3:10", "804 赵磊 Break 0:00", "805 周 Client lost 0:00"]
        )
        self.clock.advance(5)
        self.assertEqual(self.shown[-1].colleagues[0].detail, "Idle 5:15")

    def test_no_server(self) -> None:
        """All stays as it was last known, its clocks stand still, and it is shown to be old."""
        self.assertFalse(self.shown[-1].is_old)
        before = self.shown[-1]
        self.model.lost(NotConnected(NO_ANSWER))
        self.clock.pump([1.0] * 600)
        now = self.shown[-1]
        self.assertEqual((now.colleagues, now.waiting), (before.colleagues, before.waiting))
        self.assertTrue(now.is_old)
        self.log_in(BOARD, QUEUES)
        self.assertFalse(self.shown[-1].is_old)

    def test_waiting(self) -> None:
        """In the order in which they will be served."""
        rows = [row.spoken for row in self.shown[-1].waiting]
        self.assertEqual(rows, ["1, 139, Queue shop 1:20", "2, number withheld, Queue shop 0:31 · call-back"])

    def test_grab(self) -> None:
        """Who is chosen, or the first."""
        self.side.grab("w2")
        self.side.grab("")
        self.assertEqual(self.client.asked, [("grab", "w2"), ("grab", "w1")])

    def test_pick_up(self) -> None:
        """Where it rings; at a colleague's where nothing rings, what rings elsewhere; where none rings, nothing."""
        self.side.pick_up("802")
        self.assertEqual(self.client.asked, [])
        self.model.row(ChannelRow("seat 803", "RINGING", name="陈静"))
        self.side.pick_up("803")
        self.side.pick_up("802")
        self.assertEqual(self.client.asked, [("pick_up", "803"), ("pick_up_group", "")])

    def test_in_a_talk(self) -> None:
        """Who talks takes nothing."""
        self.seat(SeatState.TALKING, LI)
        self.assertFalse(self.shown[-1].may_grab)
        self.side.grab("w1")
        self.assertEqual(self.client.asked, [])

    def test_empty(self) -> None:
        """Empty lists say so."""
        self.log_in()
        self.assertEqual(
            (self.shown[-1].nobody_here, self.shown[-1].nobody_waits), ("No colleague is logged in", "Nobody waits")
        )


class NoRightTests(SideCase):
    rights = EVERY_RIGHT - {Right.GRAB, Right.PICK_UP}

    def test_said(self) -> None:
        """What is missing is said, and nothing is asked for."""
        self.assertEqual(self.shown[-1].grab_why_not, "Needs the right “grab waiting calls”")
        self.side.grab("w1")
        self.assertEqual(self.client.asked, [])


class TransferCase(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.log_in(BOARD, QUEUES)
        self.seat(SeatState.TALKING, LI)
        self.shown: list[TransferData] = []
        self.closed: list[bool] = []
        self.transfer = Transfer(self.work, self.shown.append, lambda: self.closed.append(True))
        self.transfer.start()
        self.addCleanup(self.transfer.stop)
        self.transfer.find("")
        self.client.asked.clear()

    @property
    def now(self) -> TransferData:
        return self.shown[-1]

    def keys(self) -> list[str]:
        return [row.key for row in self.now.rows]


class FindingTests(TransferCase):
    def test_list(self) -> None:
        """Colleagues and queues, never oneself; who cannot take it says so and stays."""
        self.assertEqual(self.keys(), ["seat 802", "seat 803", "seat 804", "seat 805", "queue shop"])
        why_not = [row.why_not for row in self.now.rows]
        self.assertEqual(why_not, ["", "Takes no call now", "", "Not at his computer", ""])
        self.assertEqual(self.now.title, "Transfer 李明 13800138000")

    def test_digit(self) -> None:
        """A digit chooses its row, and the list stays as it is."""
        self.transfer.find("5")
        self.assertEqual((self.now.chosen, len(self.keys())), ("queue shop", 5))

    def test_name_and_number(self) -> None:
        """Part of a name, or of a number."""
        self.transfer.find("陈")
        self.assertEqual((self.keys(), self.now.chosen), (["seat 803"], "seat 803"))
        self.transfer.find("80")
        self.assertEqual(len(self.keys()), 4)
        self.transfer.find("804")
        self.assertEqual((self.keys(), self.now.chosen), (["seat 804", "box 804"], "seat 804"))

    def test_number_outside(self) -> None:
        """A line of its own, with its class as soon as the server has said it; pasted as people write it."""
        self.transfer.find("010-6234 5678")
        self.assertEqual(self.client.asked, [("dial_class", "01062345678")])
        self.client.answers("national")
        self.assertEqual([row.spoken for row in self.now.rows], ["1, 01062345678, national"])
        self.transfer.consult()
        self.assertEqual(self.client.asked[-1], ("consult", "number 01062345678"))

    def test_nobody_may_dial(self) -> None:
        """What the dial guard refuses is said before it is dialled."""
        self.transfer.find("1681234")
        self.client.answers("refused")
        self.transfer.consult()
        self.assertEqual(self.now.problem, "Nobody may dial this number")

    def test_filter(self) -> None:
        """Only queues, only favourites."""
        self.transfer.filter(Filter.QUEUES)
        self.assertEqual(self.keys(), ["queue shop"])
        self.transfer.filter(Filter.FAVOURITES)
        self.assertEqual((self.keys(), self.now.nothing), ([], "Nobody found"))

    def test_favourite(self) -> None:
        """It is first from then on, kept on this computer, and no more when it is asked for again."""
        self.transfer.choose("seat 804")
        self.transfer.star()
        self.assertEqual(self.now.rows[0].title, "★ 804 赵磊")
        self.assertEqual(self.work.settings.now.favourites, ("seat 804",))
        self.transfer.star()
        self.assertEqual(self.work.settings.now.favourites, ())

    def test_places_of_the_server(self) -> None:
        """Groups, offices and menus are listed behind; an office that is closed says so."""
        self.client.waiting.clear()
        self.transfer.opened()
        office = {"target": "office 7", "name": "深圳", "number": "7", "regions": ["南山"], "open": False}
        group = {"target": "seat 90", "name": "sales", "number": "90", "members": ["801", "802"]}
        nowhere = group | {"target": "", "number": ""}
        self.client.answers({"queues": [], "offices": [office], "groups": [group, nowhere], "menus": []})
        self.assertEqual(
            [row.spoken for row in self.now.rows[5:]],
            ["6, 90 sales, Group of 2", "7, 7 深圳, Office · 南山 · closed now"],
        )


class SendingTests(TransferCase):
    def test_consult_and_send(self) -> None:
        """Enter asks, Ctrl+Enter sends on; the panel is done when the call has gone."""
        self.transfer.find("1")
        self.transfer.consult()
        self.transfer.send()
        self.assertEqual(self.client.asked, [("consult", "seat 802"), ("transfer", "seat 802")])
        self.client.waiting[-1].callback(None)
        self.assertEqual(self.closed, [True])

    def test_pressed_twice(self) -> None:
        """Enter pressed twice asks once, and sends on once."""
        self.transfer.find("1")
        for act in (self.transfer.consult, self.transfer.send):
            act()
            act()
        self.assertEqual(self.client.asked, [("consult", "seat 802"), ("transfer", "seat 802")])

    def test_who_cannot(self) -> None:
        """It says why, and nothing is asked of the server."""
        self.transfer.find("2")
        self.transfer.consult()
        self.assertEqual((self.now.problem, self.client.asked), ("Takes no call now", []))

    def test_nobody_to_ask(self) -> None:
        """A menu or an office is not asked first: it says how the call is sent there, and nothing is done."""
        self.client.waiting.clear()
        self.transfer.opened()
        menu = {"target": "menu main", "name": "main"}
        self.client.answers({"queues": [], "offices": [], "groups": [], "menus": [menu]})
        self.client.asked.clear()
        self.transfer.find("main")
        self.transfer.consult()
        self.assertEqual(self.client.asked, [])
        self.assertIn("Ctrl+Enter", self.now.problem)
        self.transfer.send()
        self.assertEqual(self.client.asked, [("transfer", "menu main")])

    def test_refused(self) -> None:
        """What the server refuses is said; the panel stays."""
        self.transfer.find("1")
        self.client.waiting.clear()
        self.transfer.send()
        self.refuses(Refused(Refusal.NOT_AVAILABLE, "seat 802"))
        self.assertEqual((self.now.problem, self.closed), ("takes no call now: seat 802", []))

    def test_refusal_stays(self) -> None:
        """Why it was not done stands while the call goes on, whatever else is told of it, and no longer."""
        self.transfer.find("1")
        self.client.waiting.clear()
        self.transfer.consult()
        self.refuses(Refused(Refusal.NOT_AVAILABLE, "seat 802"))
        self.seat(SeatState.HELD, LI)
        self.assertTrue(self.now.problem)
        self.seat(SeatState.TALKING, ZHAO)
        self.assertEqual(self.now.problem, "")

    def test_consulting(self) -> None:
        """Both with their clocks; another one cannot be asked meanwhile; the four ways on."""
        self.seat(SeatState.TALKING, ZHAO, kept=LI)
        self.clock.advance(20)
        self.assertEqual(self.now.consulting, "With 802 刘洋 0:20 · 李明 on hold 0:20")
        self.assertFalse(self.now.may_consult or self.now.may_send)
        for act in (self.transfer.swap, self.transfer.three_way, self.transfer.cancel, self.transfer.complete):
            act()
        self.assertEqual([asked[0] for asked in self.client.asked], ["swap", "three_way", "cancel", "join"])

    def test_swapped(self) -> None:
        """The title is the customer's, whoever is in hand; each clock begins with its part."""
        self.seat(SeatState.TALKING, ZHAO, kept=LI)
        self.clock.advance(20)
        self.seat(SeatState.TALKING, LI, kept=ZHAO)
        self.clock.advance(5)
        self.assertEqual(self.now.consulting, "With 李明 0:05 · 802 刘洋 on hold 0:05")
        self.assertEqual(self.now.title, "Transfer 李明 13800138000")
        self.assertEqual(self.model.customer, LI)

    def test_flash(self) -> None:
        """By the exchange only a number outside."""
        self.transfer.find("1")
        self.assertFalse(self.now.may_flash)
        self.transfer.find("62345678")
        self.transfer.flash()
        self.assertEqual(self.client.asked[-1], ("flash_transfer", "62345678"))


class NoDialTests(TransferCase):
    rights = EVERY_RIGHT - {Right.DIAL_INTERNAL, Right.DIAL_INTERNATIONAL}

    def test_rights(self) -> None:
        """Which right is missing is said at each row."""
        self.assertEqual(self.now.rows[0].why_not, "Needs the right “dial internal numbers”")
        self.transfer.find("00441234567890")
        self.client.waiting[-1].callback("international")
        self.assertEqual(self.now.rows[0].why_not, "Needs the right “dial international numbers”")
        self.assertEqual(replace(self.now.rows[0], why_not="").detail, "international")
