"""A caller's place in a queue outlasts the server: what the event log tells of those who have gone."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.queues.cut_offs import LostPlace
from callserver.acd.queues.kept_cut_offs import lost_places
from tests.whole.test_telephone_seat import CUSTOMER, LOG_IN, PIN, Telephone
from tests.whole.virtual_shop import ON_DISK_S, VirtualShop

SECOND = "13800000001"


class PlacesTests(SynchronousTestCase):
    """The only agent pauses at his telephone; two customers wait."""

    def setUp(self) -> None:
        self.shop = VirtualShop(self, n_lines=3)
        self.shop.until(self.shop.server.centre.staff.set_pin("801", PIN))
        self.agent, self.first, self.second = (self.telephone() for _ in range(3))
        self.agent.does(LOG_IN + "press *122\nwait 3")
        self.first.does(CUSTOMER)
        self.second.does(CUSTOMER.replace("13912345678", SECOND))

    def telephone(self) -> Telephone:
        telephone = Telephone(self.shop)
        self.addCleanup(telephone.is_gone)
        return telephone

    def places(self, within_s: float = 120.0) -> list[LostPlace]:
        """As a server that is started now, on what is on disk, knows them."""
        self.shop.wait(ON_DISK_S)
        now = self.shop.world.now()
        found: list[LostPlace] = self.shop.ask(lost_places, {"operator": within_s}, now, "cn")
        return found

    def test_hung_up_and_killed(self) -> None:
        """One hangs up; the other waits until the server is killed: both have their places, by when they came."""
        self.first.does("hang up\nwait 10")
        hung_up, killed = self.places()
        self.assertEqual((hung_up.number, killed.number), ("13912345678", SECOND))
        self.assertEqual({hung_up.queue, killed.queue}, {"operator"})
        self.assertLess(hung_up.entered_at, killed.entered_at)
        self.assertGreater((hung_up.lost_at - hung_up.entered_at).total_seconds(), 20)
        self.assertLess(hung_up.lost_at, killed.lost_at)
        self.assertLess((self.shop.world.now() - killed.lost_at).total_seconds(), 30)

    def test_too_late(self) -> None:
        """Who hung up longer ago than places are kept has none."""
        self.first.does("hang up\nwait 130")
        self.assertEqual([one.number for one in self.places()], [SECOND])

    def test_answered(self) -> None:
        """Who is talked with when the server is killed has had his turn."""
        self.agent.does("press *11\nwait 5\npress 1\nwait 3")
        self.assertEqual([one.number for one in self.places()], [SECOND])
