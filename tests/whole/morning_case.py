"""A shop with everybody in it: how a morning begins and ends, and who takes calls meanwhile."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from callserver.wire.states import SeatState
from tests.whole.morning import Morning
from tests.whole.morning_people import AtTelephone, Clerk

SETTINGS = {
    "seats = 5": "seats = 6",
    "time_zone =": "time_zone = Asia/Shanghai",
    "calls = all": "calls = none",  # what is recorded is recorded on demand
    "recent_s = 0": "recent_s = 2",
    "menu_numbers =": "menu_numbers = 720 shop",
    "# Calls out. Which": "[line 8]\ndevice = emulated\nkeys = modem\nflash_transfer = yes\n# Calls out. Which",
}
ALL_BUT_SUPERVISING = (
    "answer-internal, answer-queued, pick-up, grab, start-recording, dial-internal, dial-local, dial-national"
)
BUSY_OFFICE, OFFICE, VIP = "63330001", "63330002", "13800000999"
SETTLED_S = 2.0  # a change of the books is known
MADE = (  # by the supervisor, for this morning; taken away in the other order
    ("groups", "tea", {"number": "700", "members": "801, 802"}),
    ("hours", "main", {"hours": "mon-fri 08:00-18:00"}),
    ("queues", "tea", {"group": "tea", "calendar": "main", "max_wait_s": "20", "on_timeout": "queue operator"}),
    ("callers", "vip", {"priority": "5", "queue": "tea", "numbers": VIP}),
    ("offices", "1", {"name": "north", "phone": BUSY_OFFICE}),
    ("offices", "2", {"name": "south", "phone": OFFICE}),
    ("regions", "Beijing", {"codes": "010", "offices": "1, 2"}),
    ("staff", "806", {"name": "Sun Li", "rights": "answer-queued"}),
)
SET = (
    ("queues", "operator", {"call_back_key": "5", "wrap_up_s": "3", "number": "710"}),
    *(("staff", number, {"rights": ALL_BUT_SUPERVISING}) for number in ("801", "802", "803")),
    ("staff", "803", {"rights+": "supervisor, listen, barge-in, force-log-out"}),
    ("staff", "804", {"rights": ALL_BUT_SUPERVISING, "phone": "13800000804"}),
)
LOG_IN = """
caller 13800000803
dial {shop}
wait answer
wait sound
press *#
wait 4
press 803#
wait 5
"""


class MorningCase(SynchronousTestCase):
    """
    The supervisor 800, Li 801 and Wang 802 at programs, Chen 803 at a telephone, Zhao 804 at a program whose voice is
    the telephone beside it. The shop has eight lines.
    """

    def setUp(self) -> None:
        self.morning = Morning(self, 7, SETTINGS)
        self.shop, self.comes, self.goes = self.morning.shop, self.morning.customer, self.morning.goes
        self.boss = self.morning.clerk("800")
        self.organised()
        self.li, self.wang, self.zhao = (self.morning.clerk(number) for number in ("801", "802", "804"))
        self.dials_in()
        self.has_it_dialled()

    def organised(self) -> None:
        """The supervisor arranges his shop from his program."""
        does = self.boss.does
        for part, name, settings in (*MADE, *SET):
            does(f"save_{part}", name, settings)
        does("new_password", "806")
        self.pin = does("new_pin", "803")
        for part in ("groups", "hours", "queues", "callers", "offices", "regions", "staff"):
            self.assertTrue(does(f"list_{part}"), part)
        self.assertEqual(does("alarms"), [])
        self.shop.wait(SETTLED_S)

    def dials_in(self) -> None:
        """Chen works by a telephone: number and PIN."""
        self.morning.n_calls += 1
        self.chen = AtTelephone(self.morning, "803")
        self.addCleanup(self.chen.is_gone)
        self.chen.does(f"{LOG_IN}press {self.pin}#\nwait 3")
        self.morning.is_in("803", SeatState.IDLE_PHONE)

    def has_it_dialled(self) -> None:
        """Zhao has the telephone beside his computer dialled."""
        self.beside = AtTelephone(self.morning, "804")
        self.addCleanup(self.beside.is_gone)
        self.beside.does("caller 13800000804")
        self.zhao.does("use_telephone", "13800000804")
        self.beside.does("wait ring\nwait 2\nanswer")
        self.beside.says_hello()
        self.beside.does("press 1\nwait 3")
        self.morning.is_in("804", SeatState.IDLE_PHONE)

    def only(self, *takers: str) -> None:
        """These take calls from now on, when every wrap-up is over; the others pause."""
        seats = self.shop.server.centre.seats
        self.morning.until(lambda: not any(seat.status.wrap_up for seat in seats), "no wrap-up goes on")
        for clerk in (self.li, self.wang, self.zhao):
            self._takes_calls(clerk, clerk.number in takers)
        paused = self.morning.state("803") is SeatState.PAUSED
        if paused == ("803" in takers):
            self.chen.keys("*11" if paused else "*122")

    def _takes_calls(self, clerk: Clerk, wanted: bool) -> None:
        paused = self.morning.state(clerk.number) is SeatState.PAUSED
        if wanted and paused:
            clerk.does("ready")
        elif not wanted and not paused:
            clerk.does("pause", "desk work")

    def all_go(self) -> None:
        """Everybody leaves; what the supervisor had made for this morning he takes away."""
        self.zhao.does("use_telephone", "")
        self.beside.does("wait tone busy within 10\nhang up")
        self.chen.keys("*10")
        self.shop.wait(3)
        self.chen.is_gone()
        for part, name, _ in reversed(MADE):
            self.boss.does(f"delete_{part}", name)
        self.wang.does("change_password", self.wang.password, "a longer pass phrase 802")
        for clerk in (self.li, self.wang, self.zhao, self.boss):
            clerk.leave()
        self.shop.wait(12)
