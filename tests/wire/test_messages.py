"""What goes over the wire comes out as it went in, also between versions, and nothing else comes out."""

import copy
from dataclasses import fields
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.wire.convert import WireError, from_wire, to_wire
from callserver.wire.messages import Access, Card, CardPart, ChannelRow, Hello, Identity, Partner, Phrase, SeatStatus
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState

CARD = Card(
    "c1",
    "13812345678",
    "王小明",
    "orders",
    12,
    "zh",
    Identity("1007", "王小明", proved=True),
    (CardPart("shopping", (Phrase("basket {quantity} × {name}", {"quantity": 2, "name": "苹果"}),)),),
    ("welcome", "order"),
    beside=(Partner("802", "刘洋"),),
)
STATUS = SeatStatus("801", "Li", SeatState.HELD, "", "held", CARD, Card("c0"), pause_wanted=True)
BOARD = (ChannelRow("line 1", "IDLE", since_s=1.25), ChannelRow("seat 801", "HELD", "", 0.0, "c1", "801", "Li", "138"))
HELLO = Hello("801", "Li", frozenset({Right.ANSWER_QUEUED, Right.GRAB}), STATUS, board=BOARD)

words = st.text(max_size=8)
counts = st.integers(0, 2**31 - 1)
cards = st.builds(
    Card,
    words,
    st.none() | words,
    st.none() | words,
    st.none() | words,
    counts,
    words,
    st.none() | st.builds(Identity, words, words, st.booleans()),
    st.lists(
        st.builds(
            CardPart,
            words,
            st.lists(st.builds(Phrase, words, st.dictionaries(words, words | counts, max_size=3)), max_size=3).map(
                tuple
            ),
        ),
        max_size=2,
    ).map(tuple),
    st.lists(words, max_size=3).map(tuple),
)
statuses = st.builds(
    SeatStatus,
    words,
    words,
    st.sampled_from(SeatState),
    words,
    words,
    st.none() | cards,
    st.none() | cards,
    st.booleans(),
    counts,
    st.booleans(),
)
rows = st.builds(
    ChannelRow,
    words,
    st.sampled_from([*LineState.__members__, *SeatState.__members__]),
    words,
    counts.map(lambda thousandths: thousandths / 1000),
    *[st.none() | words] * 4,
)
hellos = st.builds(
    Hello,
    words,
    words,
    st.frozensets(st.sampled_from(Right)),
    statuses,
    st.lists(words, max_size=3).map(tuple),
    st.lists(rows, max_size=3).map(tuple),
)
accesses = st.builds(Access, st.frozensets(st.sampled_from(Right)), st.lists(rows, max_size=3).map(tuple))
wires = st.recursive(
    st.none() | st.booleans() | counts | words | st.binary(max_size=3) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | counts, inner, max_size=3),
    max_leaves=6,
)


def is_plain(value: object) -> bool:
    """Whether pb can send it without a class, and the guard of the agents' channel lets it through."""
    if isinstance(value, list):
        return all(map(is_plain, value))
    if type(value) is dict:
        return all(type(key) is str and is_plain(item) for key, item in value.items())
    return type(value) in (str, int, bool, type(None))


def places(wire: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a message, as the keys and indices that lead to it."""
    inner = wire.items() if isinstance(wire, dict) else enumerate(wire) if isinstance(wire, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


def put(wire: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The same message with another value in one place."""
    if not path:
        return value
    wire = copy.deepcopy(wire)
    inside = wire
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return wire


class MessageTests(SynchronousTestCase):
    @settings(max_examples=60, deadline=None)
    @given(cards | statuses | hellos | accesses)
    def test_there_and_back(self, message: Any) -> None:
        """Plain values on the wire, the same message at the other end."""
        self.assertTrue(is_plain(to_wire(message)), message)
        self.assertEqual(from_wire(type(message), to_wire(message)), message)

    def test_names_and_numbers(self) -> None:
        """States go by name, rights by number, spans in whole milliseconds: other programs may read them."""
        wire = to_wire(HELLO)
        self.assertEqual((wire["rights"], wire["seat"]["state"]), ([3, 5], "HELD"))
        self.assertEqual([row["since_s"] for row in wire["board"]], [1250, 0])

    def test_a_newer_server(self) -> None:
        """Fields and rights that only the other side knows are left out, at any depth."""
        wire = to_wire(HELLO) | {"mood": "fine", "rights": [3, 5, 99]}
        wire["seat"]["call"]["identity"]["since"] = 1999
        wire["board"][0]["colour"] = "red"
        self.assertEqual(from_wire(Hello, wire), HELLO)

    def test_an_older_server(self) -> None:
        """What it does not send keeps its default."""
        for shape, least in ((SeatStatus, {"number": "801"}), (Card, {"call_id": "c9"}), (CardPart, {"feature": "f"})):
            self.assertEqual(from_wire(shape, least), shape(*least.values()))

    def test_what_must_be_there(self) -> None:
        """Without its number a status is none."""
        self.assertRaisesRegex(WireError, r"no SeatStatus: a field is missing @ \$\.number", from_wire, SeatStatus, {})

    def test_an_unknown_state(self) -> None:
        """It cannot be shown: the message is refused, and the place is named."""
        wire = to_wire(HELLO)
        wire["seat"]["state"] = "DREAMING"
        self.assertRaisesRegex(WireError, r"unknown state @ \$\.seat\.state", from_wire, Hello, wire)

    def test_wrong_types(self) -> None:
        """Wherever a value of another type stands, the message is refused, and what was sent is not repeated."""
        for wrong in (b"secret", 1.5, {"secret": "secret"}, ["secret", {}]):
            for path in places(to_wire(HELLO)):
                is_container = isinstance(wrong, list) and path and path[-1] in ("rights", "path", "languages")
                if path in ((), ("rights",)) or is_container or "rights" in path:
                    continue
                if isinstance(wrong, dict) and path[-1] == "details":
                    continue
                with self.assertRaises(WireError, msg=f"{path} {wrong!r}") as caught:
                    from_wire(Hello, put(to_wire(HELLO), path, wrong))
                self.assertNotIn("secret", str(caught.exception))

    def test_no_conversions(self) -> None:
        """True is no number, a number no text, a text no list."""
        for name, wrong in (("number", 801), ("wrap_up_s", True), ("wrap_up_s", "5"), ("client_here", 1)):
            self.assertRaises(WireError, from_wire, SeatStatus, to_wire(STATUS) | {name: wrong})
        self.assertRaises(WireError, from_wire, Card, to_wire(CARD) | {"path": "abc"})

    @settings(max_examples=150, deadline=None)
    @given(st.data())
    def test_hostile_messages(self, data: st.DataObject) -> None:
        """Whatever stands in a message, it is read or refused."""
        wire = to_wire(HELLO)
        hostile = put(wire, data.draw(st.sampled_from(places(wire))), data.draw(wires))
        try:
            read = from_wire(Hello, hostile)
        except WireError:
            return
        self.assertTrue(is_plain(to_wire(read)))

    def test_strict_when_sending(self) -> None:
        """A message with a field that is none cannot be made."""
        for shape in (Card, SeatStatus, Access, Hello, ChannelRow, CardPart, Phrase, Identity):
            needed = {field.name: "" for field in fields(shape)}
            self.assertRaises(TypeError, shape, **needed, mood="fine")
