"""A caller of the shop in virtual time: the whole menu, keys as tones, the books inline; for tests to stand on."""

import secrets
from collections.abc import Callable
from datetime import UTC
from typing import Any

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.call import Call
from callserver.features.shopping import sample
from callserver.features.shopping.booking import Bookings
from callserver.features.shopping.flow.counter import Premises
from callserver.features.shopping.flow.menu import ShopMenu
from callserver.features.shopping.flow.news import NewsMenu
from callserver.features.shopping.tables import Order
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.runner import MenuRunner
from callserver.ivr.voice import Voice
from callserver.lines.interfaces import Caller
from tests.ivr.test_menu_call import Waiters
from tests.shop import FewPrompts, VirtualShop
from tests.store.inline import InlineStore

LI_MING = "13912345678"
PATIENCE_S = 60.0
ON_DELIVERY = "1"  # a customer when he is asked how he pays; and who says that he is new here
PIN = "730462"  # of LI_MING, member 600001, who has 500 yuan


class ShopCase(SynchronousTestCase):
    """One shop with its sample goods."""

    def setUp(self) -> None:
        self.shop, self.store, self.people = VirtualShop(n_lines=2), LockedStore(), Waiters()
        self.addCleanup(self.store.database.close)
        sample.load(self.shop.events.now())
        self.may_call: set[str] = set()  # whom the shop calls when reserved goods come
        premises = Premises(self.store, self.shop.events.now, "cn", UTC, maybeDeferred)  # type: ignore[arg-type]
        self.menu = ShopMenu(
            premises,
            self.shop.events,
            self.new_bookings(),
            announce_recording=True,
            may_call=lambda number: number in self.may_call,
        )
        self.voice = Voice(FewPrompts(), FewPrompts(), self.shop.clock)  # type: ignore[arg-type]
        self.runner = MenuRunner(
            {"shop": self.menu, "shop-news": NewsMenu(premises)},
            lambda call: MenuCall(call, self.voice, self.people, self.shop.clock),
            "operator",
        )

    def new_bookings(self) -> Bookings:
        """As another start of the server makes them."""
        return Bookings(self.store, self.shop.events, secrets.choice)  # type: ignore[arg-type]

    def never(self) -> Deferred[Any]:
        """What does not come."""
        return Deferred()

    def call(self, number: str = LI_MING, line: int = 0) -> Call:
        """Somebody calls the shop."""
        self.shop.lines[line].far_end.ring(Caller(number))
        self.shop.wait(0.1)
        call = self.shop.incoming[-1]
        self.runner.serve(call, "shop")
        return call

    def press(self, *steps: str, line: int = 0) -> None:
        """Each step's keys are pressed when the menu is asking for keys and silent."""
        for keys in steps:
            self.until_silent(line)
            self.shop.press(keys, line)

    def until_said(self, name: str) -> None:
        """Until this prompt is being said."""
        for _ in range(400):
            if name in (self.said()[-1][0], self.said()[-1][-1]):
                return
            self.shop.wait(0.1)
        self.fail(f"{name} is never said")

    def until_silent(self, line: int = 0) -> None:
        """The menu has said all it wants to say."""
        name = self.shop.lines[line].name
        self.shop.wait(0.1)
        for _ in range(round(PATIENCE_S / 0.1)):
            said = [e.kind for e in self.shop.book.events if e.channel == name and e.kind in ("prompt", "prompt_end")]
            if said and said[-1] == "prompt_end":
                return
            self.shop.wait(0.1)

    def heard_last(self) -> list[str]:
        """The last thing that was said."""
        _, data = self.shop.happened("prompt")[-1]
        return list(data["names"])

    def said(self) -> list[list[str]]:
        """All that was said, as it was said in one go."""
        return [list(data["names"]) for _, data in self.shop.happened("prompt")]

    def bought(self) -> list[str]:
        """The orders that came of calls."""
        return [order.number for order in Order.select().where(Order.call_id.is_null(False))]

    def order(self, item: str = "1001", quantity: str = "2", line: int = 0, terms: str = ON_DELIVERY) -> None:
        """As far as the read-back; it is paid on delivery."""
        self.press("1", "1", f"{item}#", "1", f"{quantity}#", "2", terms, line=line)


class LockedStore(InlineStore):
    """A store whose database may be locked: what it is asked waits."""

    def __init__(self) -> None:
        super().__init__()
        self._locked = False
        self._waiting: list[Callable[[], object]] = []

    def lock(self) -> None:
        self._locked = True

    def unlock(self) -> None:
        self._locked = False
        waiting, self._waiting = self._waiting, []
        for job in waiting:
            job()

    def die(self) -> None:
        """What a killed server had asked of it is never done; the next one finds it unlocked."""
        self._locked, self._waiting = False, []

    def write(self, f: Callable[..., Any], *args: Any) -> Deferred[Any]:
        if not self._locked:
            return super().write(f, *args)
        answer: Deferred[Any] = Deferred()
        self._waiting.append(lambda: LockedStore.write(self, f, *args).addBoth(answer.callback))
        return answer
