from dataclasses import replace
from typing import Any

from callserver.desktop.not_connected import NotConnected
from callserver.desktop.presenters.board import Board, BoardData
from callserver.desktop.presenters.deeds import DESTROYS, NEEDS, Deed
from callserver.wire.convert import to_wire
from callserver.wire.messages import Access, AlarmNotice, Hello, Phrase, SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from tests.desktop.board_shop import LINES, QUEUES, SEATS, heard, line, seat
from tests.desktop.presenters.work_case import EVERY_RIGHT, WorkCase

UNPLUGGED = AlarmNotice(Phrase("unplugged"), "line 11")


class BoardCase(WorkCase):
    """A supervisor, 801, looks at the board of a busy shop."""

    def setUp(self) -> None:
        super().setUp()
        self.log_in(LINES + SEATS, QUEUES)
        self.shown: list[BoardData] = []
        self.board = Board(self.work, self.shown.append)
        self.board.start()
        self.addCleanup(self.board.stop)
        self.client.answers([])  # no alarms of before
        self.client.answers([])  # nobody who is not there

    @property
    def now(self) -> BoardData:
        return self.shown[-1]

    def asked(self) -> list[tuple[Any, ...]]:
        """Of the server, without what is asked when the board is opened."""
        return [act for act in self.client.asked if act not in (("alarms",), ("list_staff",))]

    def may(self) -> set[Deed]:
        return {button.deed for button in self.now.buttons if button.may}


class SeenTests(BoardCase):
    def test_tiles(self) -> None:
        """All lines and seats are there, with who talks with whom."""
        self.assertEqual(self.now.title, "Lines 20 · seats 4")
        what = {tile.channel: tile.what for tile in self.now.tiles}
        self.assertEqual(len(what), 24)
        self.assertIn("802", what["line 3"])
        self.assertEqual(what["seat 802"], "→ Line 3")

    def test_clocks(self) -> None:
        """Clocks go on by themselves, from the server's seconds; a change is seen at once."""
        clocks = {tile.channel: tile.clock for tile in self.now.tiles}
        self.assertEqual(clocks["line 3"], "2:14")
        self.clock.advance(1)
        self.clock.advance(1)
        self.assertEqual({tile.channel: tile.clock for tile in self.now.tiles}["line 3"], "2:16")
        self.model.row(line(3, LineState.WAIT_HANGUP, 0))
        changed = {tile.channel: tile for tile in self.now.tiles}["line 3"]
        self.assertEqual((changed.word, changed.clock), ("clearing", "0:00"))

    def test_waiting(self) -> None:
        """Who waits: number, wait, queue and priority, the longest wait first; who will be called back is marked."""
        first, second = self.now.waiting
        self.assertEqual((first.place, first.caller, first.wait, first.queue), ("1", "075588889999", "1:20", "order"))
        self.assertEqual((second.caller, second.priority, second.mark), ("number withheld", "5", "call-back"))

    def test_alarms(self) -> None:
        """An alarm is there until it is over, also one that was given before the log-in."""
        self.model.alarm(UNPLUGGED)
        self.assertEqual((self.now.alarms_title, self.now.alarms), ("Alarms 1", ("unplugged",)))
        self.model.alarm(replace(UNPLUGGED, over=True))
        self.assertEqual(self.now.alarms, ())
        self.log_in(LINES + SEATS, QUEUES)
        self.client.answers([to_wire(UNPLUGGED)])
        self.assertEqual(self.now.alarms, ("unplugged",))
        self.model.alarm(replace(UNPLUGGED, over=True))
        self.assertEqual(self.now.alarms, ())

    def test_newest_alarm_first(self) -> None:
        """There is room for a few alarms: the newest is seen."""
        self.model.alarm(UNPLUGGED)
        self.model.alarm(AlarmNotice(Phrase("stalled"), ""))
        self.assertEqual(self.now.alarms, ("stalled", "unplugged"))

    def test_nobody_there(self) -> None:
        """A seat where nobody has been since the server started is there too, logged out; not of who is disabled."""
        people = [("803", "陈静", False), ("805", "孙丽", False), ("806", "周杰", True)]
        self.board.logged_in(Hello("801", "王芳", self.rights, self.model.seat))
        self.client.answers([])
        self.client.answers([{"name": a, "settings": {"name": b}, "disabled": c} for a, b, c in people])
        self.assertEqual(self.now.title, "Lines 20 · seats 5")
        tile = {tile.channel: tile for tile in self.now.tiles}["seat 805"]
        self.assertEqual((tile.title, tile.word, tile.clock), ("805 \u2068孙丽\u2069", "logged out", ""))
        self.board.select("seat 805")
        self.assertEqual(self.now.detail, ("805 \u2068孙丽\u2069 · logged out",))
        self.assertEqual(self.may(), set())

    def test_detail(self) -> None:
        """What is selected is told in full: caller, menu with its version, what is to be noted."""
        self.board.select("line 3")
        text = "\n".join(self.now.detail)
        for part in ("Line 3", "13800138000", "main 3", "802"):
            self.assertIn(part, text)
        self.board.select("")
        self.assertIn("Select a line or a seat", self.now.detail[0])

    def test_fewer_rights(self) -> None:
        """Who may not see the lines any more sees the seats only, from then on."""
        self.model.access(Access(EVERY_RIGHT - {Right.LISTEN}, SEATS, ()))
        self.assertEqual(self.now.title, "Lines 0 · seats 4")


class DeedTests(BoardCase):
    def test_talk(self) -> None:
        """On a talk one may listen, barge in, break off; on an idle seat force it out; on a line disable it."""
        for channel, may in (
            ("line 3", {Deed.LISTEN, Deed.BARGE_IN, Deed.BREAK_OFF, Deed.DISABLE}),
            ("seat 802", {Deed.LISTEN, Deed.BARGE_IN, Deed.BREAK_OFF}),
            ("seat 803", {Deed.FORCE_LOG_OUT}),
            ("seat 801", set()),
            ("line 13", set()),
        ):
            self.board.select(channel)
            self.assertEqual(self.may(), may, channel)

    def test_nothing_selected(self) -> None:
        """Without a selected tile nothing can be done, and a key does nothing."""
        self.assertEqual(self.may(), set())
        self.board.act(Deed.LISTEN)
        self.assertEqual(self.asked(), [])

    def test_listen(self) -> None:
        """Listen, whisper, barge in and stop: each asks the server for it, without a question."""
        self.board.select("seat 802")
        self.board.act(Deed.LISTEN)
        self.client.answers()
        self.model.status(heard())
        self.assertEqual(self.now.buttons[0].word, "Stop listening")
        self.assertEqual(self.may() - DESTROYS, {Deed.LISTEN, Deed.WHISPER, Deed.BARGE_IN, Deed.TAKE_OVER})
        for deed in (Deed.WHISPER, Deed.BARGE_IN, Deed.LISTEN):
            self.board.act(deed)
        self.assertEqual(self.asked(), [("listen", "seat 802"), ("whisper",), ("barge_in", ""), ("stop_listening",)])

    def test_turn_to_another(self) -> None:
        """While he listens he turns to another call by its tile; from within a talk he only leaves."""
        self.model.status(heard())
        self.board.select("line 14")
        self.assertEqual(self.now.buttons[0].word, "Listen")
        self.board.act(Deed.LISTEN)
        self.model.status(heard("barged in"))
        self.board.act(Deed.LISTEN)
        self.assertEqual(self.asked(), [("listen", "line 14"), ("stop_listening",)])

    def test_own_call(self) -> None:
        """Who has a call of his own listens to nobody."""
        self.board.select("seat 802")
        self.model.status(SeatStatus("801", "王芳", SeatState.TALKING))
        self.assertFalse({Deed.LISTEN, Deed.BARGE_IN} & self.may())

    def test_rights(self) -> None:
        """Without its right a button is disabled and says which one is missing; the key does nothing either."""
        for deed, rights in NEEDS.items():
            self.model.access(Access(EVERY_RIGHT - {rights[-1]}, LINES + SEATS, QUEUES))
            self.board.select("seat 803" if deed is Deed.FORCE_LOG_OUT else "line 3")
            button = self.now.buttons[list(Deed).index(deed)]
            self.assertFalse(button.may)
            self.assertIn("Needs the right", button.why_not)
            self.board.act(deed)
        self.assertEqual(self.asked(), [])

    def test_refused(self) -> None:
        """What the server refuses is one line, and the board goes on."""
        self.board.select("line 3")
        self.board.act(Deed.LISTEN)
        self.refuses(Refused(Refusal.NO_CALL))
        self.assertEqual(self.now.problem, "there is no such call")

    def test_enable(self) -> None:
        """A line out of service, or about to be, is enabled by the same button, unasked: it destroys nothing."""
        for channel in ("line 12", "line 14"):
            self.board.select(channel)
            button = self.now.buttons[-1]
            self.assertEqual((button.word, button.destroys), ("Enable line", False))
            self.board.act(Deed.DISABLE)
        self.assertEqual(self.asked(), [("enable_line", "line 12"), ("enable_line", "line 14")])

    def test_lost(self) -> None:
        """Without the server nothing can be done; the tiles stay."""
        self.board.select("line 3")
        self.model.lost(NotConnected.__new__(NotConnected))
        self.assertEqual(self.may(), set())
        self.assertEqual(len(self.now.tiles), 24)


class QuestionTests(BoardCase):
    def ask(self, deed: Deed, channel: str) -> None:
        self.board.select(channel)
        self.board.act(deed)
        self.assertIsNotNone(self.now.question)

    def test_break_off(self) -> None:
        """Before a call is broken off: whose it is, which, and what the customer hears next, hung up or in a queue."""
        self.ask(Deed.BREAK_OFF, "line 3")
        question = self.now.question
        assert question is not None
        self.assertEqual(question.facts[0], "Line 3 → 802 \u2068刘洋\u2069")
        self.assertIn("13800138000", question.facts[1])
        self.assertEqual([choice.value for choice in question.choices], ["hang up", "queue order", "queue service"])
        self.assertIn("busy tone", question.choices[0].heard)
        self.assertEqual(question.do, "Break off")
        self.assertEqual(self.asked(), [])
        self.board.confirm("queue service")
        self.assertEqual(self.asked(), [("break_off", "line 3", "queue service")])
        self.assertIsNone(self.now.question)

    def test_force_log_out(self) -> None:
        """A seat is forced out by its staff number."""
        self.ask(Deed.FORCE_LOG_OUT, "seat 803")
        assert self.now.question is not None
        self.assertEqual(self.now.question.facts[1], "paused 4:10")
        self.board.confirm("")
        self.assertEqual(self.asked(), [("force_log_out", "803")])

    def test_disable(self) -> None:
        """A line in a call is disabled after it, or now."""
        for value, now in (("later", False), ("now", True)):
            self.ask(Deed.DISABLE, "line 3")
            self.board.confirm(value)
            self.assertEqual(self.asked()[-1], ("disable_line", "line 3", now))

    def test_take_over(self) -> None:
        """The call that he listens to is taken over, whatever tile is selected; nothing red, but asked."""
        self.model.status(heard())
        self.ask(Deed.TAKE_OVER, "line 1")
        question = self.now.question
        assert question is not None
        self.assertIn("802", question.facts[0])
        self.assertFalse(question.destroys)
        self.board.confirm("")
        self.assertEqual(self.asked(), [("take_over",)])

    def test_cancel(self) -> None:
        """Cancelled, or another tile selected: nothing is done."""
        for leave in (self.board.cancel, lambda: self.board.select("line 4")):
            self.ask(Deed.BREAK_OFF, "line 3")
            leave()
            self.assertIsNone(self.now.question)
            self.board.confirm("hang up")
        self.assertEqual(self.asked(), [])

    def test_same_tile(self) -> None:
        """Another click on the tile that it is about changes nothing: it is still asked, and done."""
        self.ask(Deed.BREAK_OFF, "line 3")
        self.board.select("line 3")
        self.assertIsNotNone(self.now.question)
        self.board.confirm("hang up")
        self.assertEqual(self.asked(), [("break_off", "line 3", "hang up")])

    def test_other_call(self) -> None:
        """If the call ends while he is asked, the next one on that line is not broken off in its place."""
        self.ask(Deed.BREAK_OFF, "line 3")
        self.model.row(line(3, LineState.TALKING, 0, call_id="another", caller="123"))
        self.assertIsNone(self.now.question)
        self.assertTrue(self.now.problem)
        self.board.confirm("hang up")
        self.assertEqual(self.asked(), [])

    def test_seat_called_meanwhile(self) -> None:
        """A seat that has got a call meanwhile is not forced out."""
        self.ask(Deed.FORCE_LOG_OUT, "seat 803")
        self.model.row(seat("803", "陈静", SeatState.RINGING, 0, call_id="c99"))
        self.assertIsNone(self.now.question)
