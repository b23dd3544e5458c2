"""What the server keeps from an agent who holds no right, or has just lost one, whatever his program asks for."""

from __future__ import annotations

from typing import Any

from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from tests.whole.agents_case import AgentsCase

CHANGE = {"section": "line 1-2", "key": "ring_stop_s", "value": "8"}
KINDS = ("staff", "groups", "queues", "hours", "offices", "regions", "callers")
SETTINGS: dict[str, tuple[Any, ...]] = {
    "list_settings": ("",),
    "check_settings": ([CHANGE],),
    "save_settings": ([CHANGE], "0" * 64),
    "describe": ("staff", ""),
    "disable_line": ("line 2", True),
    "enable_line": ("line 2",),
    "alarms": (),
    "new_password": ("801",),
    "new_pin": ("801",),
    "protect_recording": (1, True),
    "tell_people": (["everybody"], "hello"),
    **{f"list_{kind}": () for kind in KINDS},
    **{f"save_{kind}": ("802", {}) for kind in KINDS},
    **{f"delete_{kind}": ("801",) for kind in KINDS},
}
OTHERS: dict[str, tuple[Right, tuple[Any, ...]]] = {
    "pick_up": (Right.PICK_UP, ("801",)),
    "play_recording": (Right.PLAY_RECORDINGS, (1, 0)),
    "recording_marks": (Right.PLAY_RECORDINGS, (1,)),
    "recording_peaks": (Right.PLAY_RECORDINGS, (1,)),
    "note_recording": (Right.PLAY_RECORDINGS, (1, "x")),
    "upload_fax": (Right.SEND_FAX, ("a.tif", 0, b"x")),
    "listen": (Right.LISTEN, ("seat 801",)),
    "barge_in": (Right.BARGE_IN, ("seat 801",)),
    "take_over": (Right.BARGE_IN, ()),
    "break_off": (Right.BARGE_IN, ("seat 801", "hang up")),
    "force_log_out": (Right.FORCE_LOG_OUT, ("801",)),
    "force_pause": (Right.FORCE_LOG_OUT, ("801", "lunch")),
}
OF_CALLS = (  # of the shop and of talks: with the id of another's call
    ("caller_customers", ()),
    ("identify_caller", ("600001",)),
    ("show_basket", ()),
    ("show_order_form", ()),
    ("put_in_basket", ("1001", 1)),
    ("take_from_basket", ("1001",)),
    ("empty_basket", ()),
    ("finish_order", ("on delivery", "somewhere")),
    ("reserve_item", ("1001", 1)),
)


class NoRightsTests(AgentsCase):
    def setUp(self) -> None:
        super().setUp()
        self.li, self.wang = self.program("801"), self.program("802")
        self.give("802")
        self.config = self.shop.folder.config_file.read_bytes()

    def give(self, number: str, *rights: Right) -> None:
        """He holds these, and no others."""
        self.shop.until(self.shop.server.centre.staff.set_rights(number, frozenset(rights)))

    def refusal(self, act: str, *args: Any) -> str:
        """With what Wang Fang is refused; "": she is not."""
        try:
            self.do(self.wang.ask(act, *args))
        except Refused as refused:
            return str(refused)
        return ""

    def talk(self) -> str:
        """Li Mei has somebody on the line; the id of the call."""
        self.give("801", Right.ANSWER_QUEUED)
        self.call(seconds=600)
        self.do(self.li.answer())
        self.assertIs(self.state("801"), SeatState.TALKING)
        (call,) = self.shop.server.calls
        return str(call.id)

    def test_every_act(self) -> None:
        """What takes a right is refused with its number before anything else is looked at, and nothing has changed."""
        for act, args in SETTINGS.items():
            self.assertEqual(self.refusal(act, *args), "no-right: 1", act)
        for act, (right, args) in OTHERS.items():
            self.assertEqual(self.refusal(act, *args), f"no-right: {right.value}", act)
        for act, one in self.shop.server._acts.items():
            if one.right is not None and act not in SETTINGS and act not in OTHERS:
                self.assertEqual(self.refusal(act), f"no-right: {one.right.value}", act)
        self.assertEqual(self.shop.folder.config_file.read_bytes(), self.config)
        self.assertIs(self.shop.server.lines[2].state, LineState.IDLE)
        self.assertIs(self.state("801"), SeatState.IDLE_PC)
        self.assertEqual(self.shop.server.centre.staff.rights("802"), frozenset())

    def test_a_right_for_himself(self) -> None:
        """Who may do all but supervise gives himself no right, and nobody another password, and keeps nobody out."""
        self.give("802", *(set(Right) - {Right.SUPERVISOR}))
        for act, args in (
            ("save_staff", ("802", {"rights": "supervisor"})),
            ("save_staff", ("801", {"disabled": "yes"})),
            ("new_password", ("801",)),
        ):
            self.assertEqual(self.refusal(act, *args), "no-right: 1")
        self.assertNotIn(Right.SUPERVISOR, self.shop.server.centre.staff.rights("802"))

    def test_taken_a_moment_ago(self) -> None:
        """A supervisor's program stays open when the right is taken from him; its next act is refused all the same."""
        self.give("802", Right.SUPERVISOR)
        digest = self.do(self.wang.ask("list_settings", ""))["digest"]
        self.give("802")
        self.assertEqual(self.refusal("save_settings", [CHANGE], digest), "no-right: 1")
        self.assertEqual(self.refusal("disable_line", "line 2", True), "no-right: 1")
        self.assertEqual(self.shop.folder.config_file.read_bytes(), self.config)

    def test_calls_of_others(self) -> None:
        """With the id of a colleague's call nobody sells in it, names its caller, or says what came of it."""
        call_id = self.talk()
        self.give("802", *(set(Right) - {Right.SUPERVISOR}))
        for act, args in OF_CALLS:
            self.assertEqual(self.refusal(act, *args, call_id), "no-call", act)
        self.assertEqual(self.refusal("set_outcome", call_id, 1, ""), "not-yours")

    def test_who_waits(self) -> None:
        """Who serves nobody sees that somebody waits, not who, and does not take him."""
        self.give("801", Right.ANSWER_QUEUED)
        self.call(seconds=600)
        (queue,) = [row for row in self.do(self.wang.ask("waiting")) if row["length"]]
        self.assertEqual([one["caller"] for one in queue["waiters"]], [None])
        grab = ("grab", queue["waiters"][0]["call_id"])
        self.assertEqual(self.refusal(*grab), f"no-right: {Right.GRAB.value}")
