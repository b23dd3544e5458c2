"""Every star code is the act of its name, and takes the same right at the moment of the key."""

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.phones.star_codes import CODES, Takes
from callserver.acd.seats.acts import Act
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from tests.acd.phones.test_phones import PhoneShop

FOLLOWS = {
    Takes.NOTHING: ("", ()),
    Takes.REASON: ("3", ("meal",)),
    Takes.SEAT: ("802#", ("802",)),
    Takes.GROUP: ("90#", ("service",)),
    Takes.NUMBER: ("62345678#", ("62345678",)),
    Takes.TARGET: ("802#", ("seat 802",)),
    Takes.PLACE: ("7#", ("7",)),
    Takes.CHANNEL: ("802#", ("seat 802",)),
    Takes.WAITING: ("#", ("call-2",)),
}
RIGHT = Right.FORCE_LOG_OUT


def text(value: object) -> bool:
    return isinstance(value, str)


class RightTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.done: list[tuple[str, tuple[Any, ...]]] = []
        acts = {code.act: self.act(code.act, len(FOLLOWS[code.takes][1])) for code in CODES}
        self.centre = PhoneShop(acts=acts)
        self.shop = self.centre.shop
        self.seat = self.centre.logs_in()
        self.shop.agent("802").pause("lunch")
        self.seat.pause("lunch")  # nothing rings here
        self.centre.customer()

    def act(self, name: str, n_args: int) -> Act:
        """One that only writes down that it was done, and takes a right that nobody needs for it otherwise."""

        def do(seat: object, *args: Any) -> None:
            self.done.append((name, args))

        return Act(do, (text,) * n_args, RIGHT)

    def test_with_the_right(self) -> None:
        """Each code does its act, with what was keyed after it."""
        for code in CODES:
            keys, args = FOLLOWS[code.takes]
            self.centre.key(code.keys + keys)
            self.shop.wait(0.5)
            with self.subTest(code=code.keys):
                self.assertEqual(self.done[-1:], [(code.act, args)])
        self.assertEqual(len(self.done), len(CODES))

    def test_without_the_right(self) -> None:
        """Taken away a moment ago: nothing is done, he is told, and it is written down for whom and for what."""
        self.shop.staff.held["801"] = frozenset(Right) - {RIGHT}
        for code in CODES:
            self.centre.key(code.keys + FOLLOWS[code.takes][0])
            self.shop.wait(0.5)
        self.assertEqual(self.done, [])
        refused = str(Refused.no_right(RIGHT))
        self.assertEqual(self.centre.refused, [("line 1", code.act, refused) for code in CODES])
        self.assertEqual(self.shop.prompts().count("seat-not-allowed"), len(CODES))

    def test_no_such_act(self) -> None:
        """A code whose act this server has not is refused as one that there is not."""
        centre = PhoneShop(acts={})
        centre.logs_in()
        centre.key("*21")
        centre.shop.wait(0.5)
        self.assertEqual(centre.refused, [("line 1", "hold", Refusal.UNKNOWN_ACT.value)])
        self.assertEqual(centre.shop.prompts()[-1], "invalid-keys")
