"""Names that run from the right, are very long, or look like something else, in every sentence that has one in it."""

from __future__ import annotations

from callserver.desktop.foreign import ISOLATE, ISOLATED, POP, as_line, beside, calmed, isolated, one_line
from callserver.desktop.presenters.board import Board, BoardData
from callserver.desktop.presenters.call_card import CallCard, CallCardData
from callserver.desktop.presenters.customer import Customer, CustomerData
from callserver.desktop.presenters.dial import Dial, DialData
from callserver.desktop.presenters.messages import Messages, MessagesData
from callserver.desktop.presenters.missed import Missed, MissedData
from callserver.desktop.presenters.rows import seat_row
from callserver.desktop.presenters.state_bar import StateBar, StateBarData
from callserver.desktop.presenters.title import Title, TitleData
from callserver.desktop.presenters.transfer import Transfer, TransferData
from callserver.wire.catalogue import Complaint
from callserver.wire.messages import AlarmNotice, Card, CardPart, ChannelRow, Identity, Phrase
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from tests.desktop.presenters.test_missed import MISSED, SLIP, ServedCase

HEBREW, ARABIC = "שלום כהן", "محمد علي"
SAID = {
    "id": 1, "sender": "802", "to": "801", "recipient": "801", "recipient_name": "Li", "text": "?",
    "at": "2026-11-26T20:00:00+08:00",
}  # fmt: skip
CUSTOMER = {
    "number": "10023", "telephones": [], "address": "", "language": "zh", "balance_fen": 0, "points": 0,
    "pin": "none", "orders": 0, "reservations": [],
}  # fmt: skip
HOSTILE = (
    "长" * 300,
    "😀李",
    HEBREW,
    ARABIC,
    "Li & <b>Ming</b>",
    "Li\nMing\u2028x",
    "a\u202eb\u2069c {name}",
    "abc שלום",
)


def turns(line: str) -> bool:
    """Whether something in a line could turn the words around it, or break it."""
    outside = ISOLATED.sub("x", line)
    return outside != beside(outside) or len(line.splitlines()) > 1


class BesideTests(ServedCase):
    def test_isolated_once(self) -> None:
        """What runs from the right is marked, once however often it is put into a line; all else stays as it is."""
        self.assertEqual(beside(HEBREW), f"{ISOLATE}{HEBREW}{POP}")
        self.assertEqual(beside(beside(HEBREW)), beside(HEBREW))
        self.assertEqual(isolated(isolated(HEBREW)), beside(HEBREW))
        self.assertEqual(beside("😀李 & <b>x</b>"), "😀李 & <b>x</b>")

    def test_kept_inside(self) -> None:
        """A line that has a marked name in it keeps the mark when it is itself part of another, or painted."""
        line = f"801 {beside(HEBREW)}"
        self.assertEqual((beside(line), one_line(line), isolated(line)), (line, line, f"{ISOLATE}{line}{POP}"))

    def test_marks_of_others(self) -> None:
        """Marks that a name brings along, and do not close, are taken out."""
        for name in HOSTILE:
            self.assertFalse(turns(f"With {beside(name)} 0:05"), name)
        self.assertEqual(beside(f"a{POP}b{ISOLATE}c"), "abc")

    def test_refused(self) -> None:
        """In what the server refuses with, a name from the right moves no word; the line begins with a great letter."""
        why = Complaint("there is no customer {name} at {n}", name="سارة", n=12)
        shown: list[DialData] = []
        dial = Dial(self.work, shown.append)
        dial.start()
        self.addCleanup(dial.stop)
        dial.do(self.client.ask("anything"))
        self.refuses(Refused.from_wire(str(Refused.not_saved(why))))
        self.assertEqual(dial.problem, "Not saved: there is no customer \u2068سارة\u2069 at 12")

    def test_begins(self) -> None:
        """A line that begins with somebody's name begins as he writes it; one of another server's stays whole."""
        self.assertEqual(as_line(Complaint("{name} is gone", name="de Vries"), "en"), "de Vries is gone")
        self.assertEqual(as_line(Refused(Refusal.NOT_SAVED, "no JSON"), "en"), "Not saved: no JSON")

    def test_sentence_in_sentence(self) -> None:
        """Of a sentence that is a detail of another, the names are marked."""
        inner = Complaint("{file}: not found", file=HEBREW)
        self.assertEqual(self.work.words("{problem}!", problem=inner), f"{beside(HEBREW)}: not found!")
        self.assertEqual(calmed({"n": 3, "nothing": None}), {"n": 3, "nothing": None})


class EverySentenceTests(ServedCase):
    """Each screen that names somebody, with each of the names."""

    language = "zh"

    def setUp(self) -> None:
        super().setUp()
        self.lines: list[str] = []

    def calm(self, name: str, lines: list[str]) -> None:
        shown = [line for line in lines if line]
        self.assertTrue(any(one_line(name)[:3] in line for line in shown), (name, shown))
        self.assertEqual([line for line in shown if turns(line)], [], name)

    def card(self, name: str, call_id: str = "call-1") -> Card:
        order = CardPart("shopping", (Phrase("Order {order} for {name}", {"order": "20260017", "name": name}),))
        return Card(call_id, "13800138000", queue=name, identity=Identity("10023", name), parts=(order,))

    def test_call_card(self) -> None:
        """On the card: queue, orders, who is on hold beside."""
        shown: list[CallCardData] = []
        card = CallCard(self.work, shown.append)
        card.start()
        self.addCleanup(card.stop)
        for name in HOSTILE:
            self.seat(SeatState.TALKING, self.card(name), kept=self.card(name, "call-2"))
            self.calm(name, [*shown[-1].details, shown[-1].other])
            self.seat(SeatState.RINGING, self.card(name, "call-3"))
            self.seat(SeatState.IDLE_PC, cause="taken_elsewhere")
            self.calm(name, [shown[-1].ended])

    def test_bar_and_title(self) -> None:
        """In the bar who is on hold, in the task bar who calls."""
        bars: list[StateBarData] = []
        titles: list[TitleData] = []
        screens = StateBar(self.work, bars.append), Title(self.work, titles.append)
        for screen in screens:
            screen.start()
            self.addCleanup(screen.stop)
        for name in HOSTILE:
            self.seat(SeatState.TALKING, self.card("Li"), kept=self.card(name, "call-2"))
            self.calm(name, [bars[-1].kept])
            self.seat(SeatState.RINGING, self.card(name))
            self.calm(name, [titles[-1].title])
            self.assertLess(len(titles[-1].title), 80)

    def test_transfer(self) -> None:
        """Whose call is passed on, and whom one consults."""
        shown: list[TransferData] = []
        transfer = Transfer(self.work, shown.append)
        transfer.start()
        self.addCleanup(transfer.stop)
        for name in HOSTILE:
            self.seat(SeatState.TALKING, self.card(name))
            self.calm(name, [shown[-1].title])
            self.seat(SeatState.TALKING, self.card("Li", "call-2"), kept=self.card(name))
            self.calm(name, [shown[-1].consulting])

    def test_board_and_side(self) -> None:
        """Colleagues in the side column and in the detail of the board; alarms."""
        shown: list[BoardData] = []
        for name in HOSTILE:
            row = ChannelRow("seat 802", "IDLE_PC", name=name, person="802")
            self.log_in((row,))
            self.calm(name, [seat_row(self.work, row).title])
            board = Board(self.work, shown.append)
            board.start()
            self.model.alarm(AlarmNotice(Phrase("{name} does not answer", {"name": name})))
            self.calm(name, [*shown[-1].alarms])
            board.stop()

    def test_missed_and_messages(self) -> None:
        """Who waits to be called back, who has written, whom one has written to."""
        missed: list[MissedData] = []
        written: list[MessagesData] = []
        for name in HOSTILE:
            rows = [[*MISSED["rows"][0][:4], name, "abandoned", name]]
            self.served = {
                "missed_calls": {"rows": rows},
                "list_call_backs": [SLIP | {"name": name, "queue": name}],
                "list_missed_taken": [],
                "list_said": {"found": [SAID | {"name": name}], "next": ""},
            }
            screens = Missed(self.work, missed.append), Messages(self.work, written.append)
            for screen in screens:
                screen.start()
                screen.opened()
            self.calm(name, [line for row in missed[-1].rows for line in (row.title, row.detail)])
            self.calm(name, [written[-1].rows[0].title])
            for screen in screens:
                screen.stop()

    def test_tabs(self) -> None:
        """Whose record the tabs show."""
        shown: list[CustomerData] = []
        tabs = Customer(self.work, shown.append)
        tabs.start()
        self.addCleanup(tabs.stop)
        for name in HOSTILE:
            self.work.record.customer = CUSTOMER | {"name": name}
            tabs.refresh()
            self.calm(name, [shown[-1].heading])
