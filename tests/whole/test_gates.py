"""
Each of the eighteen rights gates what call-centre.md section 4 says, at the moment of the act, and none gates nothing.

One row a right and act: without the right, with all others, the act is refused with `no-right` and an event, and
nothing is done; with the right alone it is done. Rights that are asked of somebody else than who acts, or carry what
lasts, have tests of their own below.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.phones.star_codes import CODES
from callserver.calls.roles import Role
from callserver.calls.vocabulary import Kind
from callserver.fax.tiff.writer import append_page
from callserver.features.faxing.rules import Document, Fax, add_document, begin_fax
from callserver.media.wav_file import WavFile
from callserver.wire.records import CallRecord
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.fax.pages import blank
from tests.run import TOP
from tests.whole.hall import Hall
from tools.channel_document import acts_of_the_server

EVERY = frozenset(Right)
ABROAD = "0085221234567"
SETTINGS = {"countries =": "countries = 852"}  # the first call to others takes right 1 besides
AUDITED = frozenset(map(Right, (1, 5, 6, 7, 8, 13, 14, 15, 16, 17, 18)))
FREE = {  # at his own seat and in his own calls; what else they ask for, the call says
    "answer",  # 2 or 3, by the call that rings: OfAnotherTests
    "reject",
    "hang_up",
    "hold",
    "retrieve",
    "join",
    "cancel",
    "three_way",
    "swap",
    "pause",
    "ready",
    "prolong_wrap_up",
    "log_out",
    "park",
    "fetch",
    "hide_secret",
    "show_again",
    "stop_recording",  # what he has started: goes with 8
    "stop_listening",
    "use_telephone",  # his own
    "flash_transfer",  # as `dial`: tests.acd.moves.test_flash_transfer; no rehearsed line has a hook flash
    "dial_class",  # nothing is dialled
    "waiting",  # a working list; numbers as `Sight` says
    "missed_calls",  # likewise
    "stop_fax",  # of his own talk
    "cancel_fax",  # his own; anybody's goes with 1
    "list_faxes",  # without content; what came to others goes with 1
    "list_fax_queue",
    "list_recordings",  # without sound; others' goes with 1
    "list_documents",
    "fax_trace",
    "list_mailboxes",  # his own; others' go with 1, and what is in them with 6 besides: tests.whole.test_mail_desk
    "list_messages",
    "open_message",
    "mark_message",
    "delete_message",
    "forward_message",
    "set_mailbox",
    "show_basket",  # of the caller he talks with: tests.features.shopping.test_selling
    "put_in_basket",
    "empty_basket",
    "finish_order",
    *("show_order_form", "take_from_basket", "reserve_item", "find_items"),  # likewise
    # the shop's records are for everybody who is logged in; who looked is in the log: shopping.customer_desk says why
    *("find_customers", "caller_customers", "show_customer", "save_customer", "identify_caller"),
    *("list_orders", "show_order", "cancel_order"),
    *("list_outcomes", "set_outcome", "list_contacts", "note_contact"),  # of talks of his own: test_contacts_desk
    *("list_targets", "list_parked", "list_cases", "list_call_backs", "list_missed_taken"),  # working lists
    "report_fault",  # takes 9, as `transfer` to an office: tests.whole.test_contacts_desk
    *("take_call_back", "done_call_back"),  # 5, as `grab`: tests.acd.queues.test_taken_call_backs
    *("take_missed", "done_missed"),  # dialling takes its own: tests.features.contacts.test_missed
    *("list_said", "tell_people"),  # everybody at once goes with 1: tests.whole.test_contacts_desk
    *("wallboard", "my_day"),  # the shop's numbers of the day, and his own
}
OF_QUEUES = {"report": "queue", "first": "2026-03-02", "last": "2026-03-02"}  # one's own figures are free
OF_ANOTHER = {Right.ANSWER_INTERNAL, Right.ANSWER_QUEUED}  # asked of who is rung, not of who acts


@dataclass(frozen=True)
class Gate:
    """A right, and what somebody at seat 801 does by it; 802 is a colleague who may do everything."""

    right: Right
    act: str
    scene: Callable[[Hall], None]
    done: Callable[[Hall], bool]
    args: Callable[[Hall], tuple[object, ...]] = lambda hall: ()
    besides: frozenset[Right] = frozenset()  # what the scene stands on, and would end with


def nothing(hall: Hall) -> None:
    """Both are there and free."""


def rings_at_802(hall: Hall) -> None:
    hall.does(hall.first, "pause", "lunch")
    hall.caller = hall.calls()
    hall.until(lambda: hall.seat("802").status.state is SeatState.RINGING)


def waits(hall: Hall) -> None:
    hall.does(hall.first, "pause", "lunch")
    hall.does(hall.second, "pause", "lunch")
    hall.caller = hall.calls()


def talks_801(hall: Hall) -> None:
    hall.does(hall.second, "pause", "lunch")
    hall.caller = hall.calls()
    hall.does(hall.first, "answer")
    hall.does(hall.second, "ready")


def talks_802(hall: Hall) -> None:
    rings_at_802(hall)
    hall.does(hall.second, "answer")


def has_a_document(hall: Hall) -> None:
    append_page(hall.shop.folder.faxes / "doc-1.tif", blank())
    document = Document("1", "价目表", "price list", "doc-1.tif", 1)
    hall.shop.until(hall.shop.server.store.write(add_document, document, hall.shop.server.events.now()))


def talks_with_a_document(hall: Hall) -> None:
    has_a_document(hall)
    talks_801(hall)


def has_come_a_fax(hall: Hall) -> None:
    append_page(hall.shop.folder.faxes / "came-1.tif", blank())
    fax = Fax("came-1", "in", "call-1", "line 1", None, hall.shop.server.events.now(), file="came-1.tif")
    hall.shop.until(hall.shop.server.store.write(begin_fax, fax))


def was_recorded(hall: Hall) -> None:
    """A call is over in which 801 has talked."""
    server = hall.shop.server
    file = WavFile(server.folder.recordings / "was-recorded.wav", 2)
    file.open()
    file.append(bytes(4 * 8000))
    file.end()
    file.close()
    about = {"call_id": "call-1", "channel": "line 1"}
    server.journal.open_call(CallRecord("call-1", "in", "line 1", "13912345678", None, server.events.now()))
    server.events.write(Kind.RECORDING, **about, file="was-recorded.wav")
    server.events.write(Kind.CONNECT, **about, person="801", seat="801")
    server.events.write(Kind.RECORDING_END, **about, file="was-recorded.wav", length_s=1.0)
    hall.shop.wait(5)


def listens_802(hall: Hall) -> None:
    talks_802(hall)
    hall.does(hall.first, "listen", "seat 802")


def is_in(number: str, state: SeatState) -> Callable[[Hall], bool]:
    return lambda hall: hall.seat(number).status.state is state


def has_role(role: Role) -> Callable[[Hall], bool]:
    """Whether somebody of seat 801 has this part in the caller's call."""

    def asked(hall: Hall) -> bool:
        call = hall.shop.server.calls.find(hall.call_id(hall.caller))
        return call is not None and any(
            party.name == "seat 801" and part.role is role for party, part in call.parts.items()
        )

    return asked


def said(kind: str) -> Callable[[Hall], bool]:
    return lambda hall: any(event.kind == kind for event in hall.events)


def has_dialled(hall: Hall) -> bool:
    return any(
        event.kind == "state" and event.channel == "seat 801" and event.data["to"] == SeatState.DIALING.value
        for event in hall.events
    )


def has_done(act: str) -> Callable[[Hall], bool]:
    """Whether it is written down that somebody has."""

    def asked(hall: Hall) -> bool:
        audits = [dict(event.data) for event in hall.events if event.kind == "audit"]
        return any(one["act"] == act and one["result"] == "done" for one in audits)

    return asked


def has_priority(hall: Hall) -> bool:
    return [waiter.priority for row in hall.centre.waiting.rows() for waiter in row.waiters] == [5]


def dials(number: str) -> Callable[[Hall], tuple[object, ...]]:
    return lambda hall: (number,)


def the_call(hall: Hall) -> tuple[object, ...]:
    return (hall.call_id(hall.caller),)


GATES = (
    Gate(Right.SUPERVISOR, "set_priority", waits, has_priority, lambda hall: (*the_call(hall), 5)),
    Gate(Right.PICK_UP, "pick_up", rings_at_802, is_in("801", SeatState.TALKING), lambda hall: ("802",)),
    Gate(Right.PICK_UP, "pick_up_group", rings_at_802, is_in("801", SeatState.TALKING), lambda hall: ("",)),
    Gate(Right.GRAB, "grab", waits, is_in("801", SeatState.TALKING), the_call),
    Gate(Right.PLAY_RECORDINGS, "play_recording", was_recorded, has_done("play_recording"), lambda hall: (1, 0)),
    Gate(
        Right.DOWNLOAD_RECORDINGS,
        "export_recording",
        was_recorded,
        has_done("export_recording"),
        lambda hall: (1, "mixed", 0),
    ),
    Gate(Right.START_RECORDING, "start_recording", talks_801, has_done("start_recording")),
    Gate(Right.DIAL_INTERNAL, "transfer", talks_801, is_in("802", SeatState.RINGING), lambda hall: ("seat 802",)),
    Gate(Right.DIAL_INTERNAL, "consult", talks_801, is_in("802", SeatState.RINGING), lambda hall: ("seat 802",)),
    Gate(Right.DIAL_INTERNAL, "dial", nothing, is_in("802", SeatState.RINGING), lambda hall: ("802",)),
    Gate(Right.DIAL_LOCAL, "dial", nothing, has_dialled, dials("81234567")),
    Gate(Right.DIAL_NATIONAL, "dial", nothing, has_dialled, dials("02181234567")),
    Gate(Right.DIAL_INTERNATIONAL, "dial", nothing, has_dialled, dials(ABROAD)),
    Gate(Right.DIAL_INTERNATIONAL, "send_keys", talks_801, said("keys_sent"), dials(ABROAD)),
    Gate(Right.RECEIVE_FAX, "receive_fax", talks_801, said("fax")),
    Gate(Right.SEND_FAX, "send_fax", talks_with_a_document, said("fax"), lambda hall: ("document 1",)),
    Gate(
        Right.SEND_FAX,
        "queue_fax",
        has_a_document,
        said("fax_queued"),
        lambda hall: ("81234567", "document 1", {}),
        frozenset({Right.DIAL_LOCAL}),
    ),
    Gate(Right.SUPERVISOR, "report", nothing, has_done("report"), lambda hall: (OF_QUEUES,)),
    Gate(
        Right.SUPERVISOR,
        "report_file",
        nothing,
        has_done("report_file"),
        lambda hall: (OF_QUEUES | {"file": "csv"}, 0),
    ),
    Gate(Right.SUPERVISOR, "day_sheet", nothing, has_done("day_sheet"), lambda hall: ("2026-03-02", "zh", 0)),
    Gate(Right.DOWNLOAD_FAX, "open_fax", has_come_a_fax, has_done("open_fax"), lambda hall: ("came-1", "pdf", 0)),
    Gate(Right.LISTEN, "listen", talks_802, has_role(Role.LISTENS), lambda hall: ("seat 802",)),
    Gate(Right.BARGE_IN, "barge_in", talks_802, has_role(Role.TALKS), lambda hall: ("seat 802",)),
    Gate(Right.BARGE_IN, "whisper", listens_802, has_role(Role.WHISPERS), besides=frozenset({Right.LISTEN})),
    Gate(Right.BARGE_IN, "take_over", listens_802, has_role(Role.TALKS), besides=frozenset({Right.LISTEN})),
    Gate(
        Right.BARGE_IN,
        "break_off",
        talks_802,
        lambda hall: hall.seat("802").status.state is not SeatState.TALKING,
        lambda hall: ("seat 802", "hang up"),
    ),
    Gate(Right.FORCE_LOG_OUT, "force_log_out", nothing, is_in("802", SeatState.OFF), lambda hall: ("802",)),
    Gate(
        Right.FORCE_LOG_OUT,
        "force_pause",
        nothing,
        is_in("802", SeatState.PAUSED),
        lambda hall: ("802", "lunch"),
    ),
)


class GateTests(SynchronousTestCase):
    def check(self, gate: Gate, *, by_keys: bool) -> None:
        """Refused without the right, done with it; both are audited where that is asked for."""
        hall = Hall(self, settings=SETTINGS)
        hall.second = hall.comes("802")
        hall.give("801", EVERY)
        hall.first = hall.telephones("801") if by_keys else hall.comes("801")
        gate.scene(hall)
        hall.give("801", EVERY - {gate.right})
        hall.tries(hall.first, gate.act, *gate.args(hall))
        self.assertTrue(hall.is_refused(gate.right), f"not refused: {hall.tried}")
        self.assertFalse(gate.done(hall), "done without the right")
        hall.give("801", {gate.right} | gate.besides)
        hall.does(hall.first, gate.act, *gate.args(hall))
        hall.shop.wait(0.5)
        self.assertTrue(gate.done(hall), "not done with the right")
        if gate.right in AUDITED:
            told = [dict(one.data) for one in hall.events if one.kind == "audit" and one.person == "801"]
            results = [one["result"] for one in told if one["act"] == gate.act]
            self.assertEqual(results, [f"no-right: {int(gate.right)}", "done"])


def row(gate: Gate, *, by_keys: bool) -> Callable[[GateTests], None]:
    """A test of its own for each, so that each has a server of its own."""

    def test(self: GateTests) -> None:
        self.check(gate, by_keys=by_keys)

    test.__doc__ = f"Right {int(gate.right)} and no other lets an agent {gate.act} {'by keys' if by_keys else ''}."
    return test


for one in GATES:
    what = f"{one.right.name.lower()}_{one.act}"
    setattr(GateTests, f"test_{what}_at_the_program", row(one, by_keys=False))
    if one.act in {code.act for code in CODES}:
        setattr(GateTests, f"test_{what}_by_keys", row(one, by_keys=True))


class OfAnotherTests(SynchronousTestCase):
    """Rights that are asked of who is rung."""

    def setUp(self) -> None:
        self.hall = Hall(self)
        self.hall.first, self.hall.second = self.hall.comes("801"), self.hall.comes("802")

    def test_answer_internal(self) -> None:
        """2: without it nobody in the house reaches him, the caller hears so, and he is not rung; with it he rings."""
        hall = self.hall
        hall.give("802", EVERY - {Right.ANSWER_INTERNAL})
        tried = hall.tries(hall.first, "dial", "802")
        self.assertEqual(str(tried), "not-available: seat 802")
        self.assertIs(hall.seat("802").status.state, SeatState.IDLE_PC)
        hall.give("802", {Right.ANSWER_INTERNAL})
        hall.does(hall.first, "dial", "802")
        self.assertIs(hall.seat("802").status.state, SeatState.RINGING)

    def test_answer_queued(self) -> None:
        """3: without it the queue passes him over, though he alone is free; with it he is rung at once."""
        hall = self.hall
        hall.does(hall.second, "pause", "lunch")
        hall.give("801", EVERY - {Right.ANSWER_QUEUED})
        hall.calls()
        hall.shop.wait(5)
        self.assertIs(hall.seat("801").status.state, SeatState.IDLE_PC)
        hall.give("801", {Right.ANSWER_QUEUED})
        hall.until(lambda: hall.seat("801").status.state is SeatState.RINGING, within_s=5)


class WithdrawnTests(SynchronousTestCase):
    """What a right carries ends at once when it is taken away; nothing else does."""

    def hall(self, **settings: str) -> Hall:
        hall = Hall(self, settings=settings)
        hall.first, hall.second = hall.comes("801"), hall.comes("802")
        return hall

    def test_answer_internal(self) -> None:
        """2: a colleague's call that rings is taken from him."""
        hall = self.hall()
        hall.does(hall.second, "dial", "801")
        hall.give("801", EVERY - {Right.ANSWER_INTERNAL})
        self.assertIs(hall.seat("801").status.state, SeatState.IDLE_PC)
        self.assertIs(hall.seat("802").status.state, SeatState.IDLE_PC)

    def test_answer_queued(self) -> None:
        """3: a caller who rings goes to somebody else at once; one who is talked with stays."""
        hall = self.hall()
        hall.does(hall.second, "pause", "lunch")
        hall.calls()
        hall.until(is_in_hall(hall, "801", SeatState.RINGING))
        hall.does(hall.second, "ready")
        hall.give("801", EVERY - {Right.ANSWER_QUEUED})
        self.assertIs(hall.seat("801").status.state, SeatState.IDLE_PC)
        hall.until(is_in_hall(hall, "802", SeatState.RINGING), within_s=5)
        hall.does(hall.second, "answer")
        hall.give("802", EVERY - {Right.ANSWER_QUEUED})
        self.assertIs(hall.seat("802").status.state, SeatState.TALKING)

    def test_start_recording(self) -> None:
        """8: the recording that he has started stops; the talk goes on."""
        hall = self.hall(**{"calls = all": "calls = none"})
        talks_801(hall)
        hall.does(hall.first, "start_recording")
        self.assertTrue(said("recording")(hall))
        self.assertFalse(said("recording_end")(hall))
        hall.give("801", EVERY - {Right.START_RECORDING})
        hall.until(lambda: said("recording_end")(hall), within_s=2)
        self.assertIs(hall.seat("801").status.state, SeatState.TALKING)

    def test_listen(self) -> None:
        """16: who listens hears nothing more."""
        self.check_ear(Right.LISTEN, "listen", Role.LISTENS)

    def test_barge_in(self) -> None:
        """17: who has barged in is out; the others talk on."""
        self.check_ear(Right.BARGE_IN, "barge_in", Role.TALKS)

    def check_ear(self, right: Right, act: str, role: Role) -> None:
        hall = self.hall()
        talks_802(hall)
        hall.does(hall.first, act, "seat 802")
        self.assertTrue(has_role(role)(hall))
        hall.give("801", EVERY - {right})
        self.assertFalse(has_role(role)(hall))
        self.assertIs(hall.seat("802").status.state, SeatState.TALKING)


def is_in_hall(hall: Hall, number: str, state: SeatState) -> Callable[[], bool]:
    return lambda: is_in(number, state)(hall)


class NoneIsForgottenTests(SynchronousTestCase):
    def test_each_right_has_a_row(self) -> None:
        """Every right gates an act, or is asked of who is rung."""
        gated = {gate.right for gate in GATES}
        self.assertEqual(gated | OF_ANOTHER, EVERY)

    def test_each_act_has_a_row(self) -> None:
        """An act has a row, or its right is one and the same and stands in its register, or it takes none."""
        acts = acts_of_the_server()
        rows = {gate.act for gate in GATES}
        self.assertEqual(rows - acts.keys(), set(), "rows of acts that there are not")
        unjudged = {name for name, act in acts.items() if act.right is None} - rows - FREE
        self.assertEqual(unjudged, set(), "acts without a row: which right do they take?")

    def test_rights_in_the_register(self) -> None:
        """Where the register says which right an act takes, that right is asked before all else."""
        hall = Hall(self)
        hall.first = hall.comes("801")
        for name, act in acts_of_the_server().items():
            if act.right is None:
                continue
            hall.give("801", EVERY - {act.right})
            self.assertEqual(str(hall.tries(hall.first, name)), f"no-right: {int(act.right)}", name)
            hall.give("801", {act.right})
            answer = hall.tries(hall.first, name)
            self.assertNotIn("no-right", str(answer), name)
            if act.right in AUDITED and not isinstance(answer, Refused):
                audits = [dict(event.data)["act"] for event in hall.events if event.kind == "audit"]
                self.assertIn(name, audits)

    def test_one_way_in(self) -> None:
        """Programs and telephone keys ask by one and the same function, so that what holds for one holds for both."""
        done_by = {
            file.name
            for file in (TOP / "callserver").rglob("*.py")
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("act.perform", "act.do", "perform")
        }
        self.assertEqual(done_by, {"acts.py", "perspective.py", "phones.py"})
        self.assertEqual({code.act for code in CODES} - acts_of_the_server().keys(), set(), "keys for no act")
