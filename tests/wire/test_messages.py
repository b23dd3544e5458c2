"""What goes over the wire comes out as it went in, also between versions."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.wire.messages import BasketLine, Card, Customer, Hello, PastOrder, SeatStatus
from callserver.wire.refusals import TEXTS, Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from callserver.wire.words import RIGHT_NAMES, SEAT_NAMES

CARD = Card(
    "c1",
    "13812345678",
    "王小明",
    "orders",
    12,
    "zh",
    Customer("1007", "王小明", proved=True),
    (BasketLine("1001", "苹果", 2, 1250),),
    (PastOrder("5001", "2026-01-31", "shipped", 9900),),
    ("welcome", "order"),
)
STATUS = SeatStatus("801", "Li", SeatState.HELD, "", "hold", CARD, Card("c0"), pause_wanted=True)
PLAIN = (str, int, bool, type(None))


def is_plain(value: object) -> bool:
    """Whether pb can send it without a class."""
    if isinstance(value, list):
        return all(map(is_plain, value))
    if type(value) is dict:
        return all(isinstance(key, str) and is_plain(item) for key, item in value.items())
    return type(value) in PLAIN


class MessageTests(SynchronousTestCase):
    def test_there_and_back(self) -> None:
        """Plain values on the wire, the same message at the other end."""
        hello = Hello("801", "Li", frozenset({Right.ANSWER_QUEUED, Right.GRAB}), STATUS)
        for message in (CARD, STATUS, SeatStatus("802"), hello):
            self.assertTrue(is_plain(message.to_wire()), message)
            self.assertEqual(type(message).from_wire(message.to_wire()), message)

    def test_other_versions(self) -> None:
        """Fields only the other side knows are left out, fields it does not send keep their default."""
        wire = STATUS.to_wire() | {"mood": "fine"}
        del wire["cause"]
        wire["call"] = {"call_id": "c9", "customer": {"number": "1", "name": "x", "since": 1999}}
        status = SeatStatus.from_wire(wire)
        self.assertEqual(status.cause, "")
        self.assertEqual(status.call, Card("c9", customer=Customer("1", "x")))
        newer = Hello("801", "Li", frozenset(), STATUS).to_wire() | {"rights": [3, 99]}
        self.assertEqual(Hello.from_wire(newer).rights, {Right.ANSWER_QUEUED})


class RefusalTests(SynchronousTestCase):
    def test_there_and_back(self) -> None:
        """Code and detail survive the text that pb sends."""
        for refused in (Refused(Refusal.LOG_IN), Refused(Refusal.LIMIT, "4 seats"), Refused.no_right(Right.GRAB)):
            again = Refused.from_wire(str(refused))
            self.assertEqual((again.code, again.detail), (refused.code, refused.detail))

    def test_unknown_code(self) -> None:
        """A refusal of a newer server is shown as it came."""
        again = Refused.from_wire("out-of-tea: kettle")
        self.assertEqual((again.code, again.detail), (Refusal.SERVER, "out-of-tea: kettle"))

    def test_two_languages(self) -> None:
        """Every refusal, right and state has words in Chinese and English."""
        self.assertEqual(set(TEXTS), set(Refusal))
        self.assertEqual((set(RIGHT_NAMES), set(SEAT_NAMES)), (set(Right), set(SeatState)))
        refused = Refused.no_right(Right.ANSWER_QUEUED)
        self.assertEqual(refused.text("zh"), "没有权限：接听排队呼入电话")
        self.assertEqual(refused.text("en"), "not allowed: answer queued calls")
        held = Refused(Refusal.NOT_NOW, SeatState.HELD.value)
        self.assertEqual((held.text("zh"), held.text("en")), ("现在不能这样做：保持中", "not possible now: held"))
