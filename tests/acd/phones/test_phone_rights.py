"""Every star code is the act of its name, and takes the same right at the moment of the key."""

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.phones.star_codes import CODES, StarCode, Takes
from callserver.acd.seats.acts import Act
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from tests.acd.phones.test_phones import PhoneShop

FOLLOWS: dict[Takes, tuple[str, tuple[object, ...]]] = {
    Takes.REASON: ("3", ("meal",)),
    Takes.MINUTES: ("5", (300,)),
    Takes.SEAT: ("802#", ("802",)),
    Takes.GROUP: ("90#", ("service",)),
    Takes.NUMBER: ("62345678#", ("62345678",)),
    Takes.TARGET: ("802#", ("seat 802",)),
    Takes.BOX: ("12#", ("box 12",)),
    Takes.PLACE: ("7#", ("7",)),
    Takes.CHANNEL: ("802#", ("seat 802",)),
    Takes.CHANNEL_OR_NONE: ("#", ("",)),
    Takes.WAITING: ("#", ("call-2",)),
    Takes.PRIORITY: ("7#", (7,)),
    Takes.HANG_UP_OR_QUEUE: ("91#", ("queue operator",)),
}
RIGHT = Right.FORCE_LOG_OUT


def follows(code: StarCode) -> tuple[str, tuple[object, ...]]:
    """What is keyed after a code, and what its act is given for it."""
    keys = "".join(FOLLOWS[takes][0] for takes in code.takes)
    return keys, code.gives + tuple(value for takes in code.takes for value in FOLLOWS[takes][1])


def anything(value: object) -> bool:
    return True


class RightTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.done: list[tuple[str, tuple[Any, ...]]] = []
        acts = {code.act: self.act(code.act, len(follows(code)[1])) for code in CODES}
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

        return Act(do, (anything,) * n_args, RIGHT)

    def test_with_the_right(self) -> None:
        """Each code does its act, with what was keyed after it."""
        for code in CODES:
            keys, args = follows(code)
            self.centre.key(code.keys + keys)
            self.shop.wait(0.5)
            with self.subTest(code=code.keys):
                self.assertEqual(self.done[-1:], [(code.act, args)])
        self.assertEqual(len(self.done), len(CODES))

    def test_without_the_right(self) -> None:
        """Taken away a moment ago: nothing is done, he is told, and it is written down for whom and for what."""
        self.shop.staff.held["801"] = frozenset(Right) - {RIGHT}
        for code in CODES:
            self.centre.key(code.keys + follows(code)[0])
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
