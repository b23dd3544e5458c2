"""Missed calls, messages, voice mail and the keypad, without a server."""

from __future__ import annotations

import os
import time
from typing import Any
from unittest.mock import patch

from twisted.internet.defer import Deferred

from callserver.desktop.presenters.keypad import Keypad, KeypadData
from callserver.desktop.presenters.messages import Messages, MessagesData, toggled
from callserver.desktop.presenters.missed import Missed, MissedData
from callserver.desktop.presenters.state_bar import StateBar, StateBarData
from callserver.desktop.presenters.voice_mail import VoiceMail, VoiceMailData
from callserver.wire.messages import Access, Card, ChannelRow, Said
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.desktop.presenters.recording_rows import FakeSpeaker
from tests.desktop.presenters.work_case import EVERY_RIGHT, WorkCase

MISSED = {
    "rows": [
        ["13912345678", "2026-11-26 22:40", 3, 1, "shop", "abandoned", "李明"],
        ["0755123", "2026-11-26 21:40", 1, 0, "", "not let in, or hung up in the menu", ""],
    ]
}
SLIP = {
    "id": "c9", "queue": "shop", "number": "137", "name": "王五", "since": "2026-11-26T12:00:00+00:00",
    "tries": 0, "not_before": None, "state": "waiting", "by": "",
}  # fmt: skip


class ServedCase(WorkCase):
    """A server that has these answers, its times in UTC; what has none waits. The clock on the wall is China's."""

    def setUp(self) -> None:
        super().setUp()
        zone = patch.dict(os.environ, {"TZ": "Asia/Shanghai"})
        zone.start()
        time.tzset()
        self.addCleanup(time.tzset)
        self.addCleanup(zone.stop)
        self.served: dict[str, Any] = {"missed_calls": MISSED, "list_call_backs": [], "list_missed_taken": []}
        self.client.waiting.clear()
        self.client.asked.clear()
        self.patch(self.client, "ask", self.ask)

    def ask(self, act: str, *args: object, call_id: str = "") -> Deferred[Any]:
        self.client.asked.append((act, *args))
        answer: Deferred[Any] = Deferred()
        if act in self.served:
            answer.callback(self.served[act])
        else:
            self.client.waiting.append(answer)
        return answer

    def asked(self) -> list[tuple[Any, ...]]:
        """What was done, without what was only looked up."""
        return [one for one in self.client.asked if one[0] not in self.served]


class MissedTests(ServedCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[MissedData] = []
        self.missed = Missed(self.work, self.shown.append)
        self.missed.start()
        self.addCleanup(self.missed.stop)

    def bar(self) -> list[StateBarData]:
        shown: list[StateBarData] = []
        bar = StateBar(self.work, shown.append)
        bar.start()
        self.addCleanup(bar.stop)
        return shown

    def test_strange_answer(self) -> None:
        """A list that cannot be understood is in the log, once; what was known stays, and it is asked for again."""
        self.work.missed.ask()
        self.served["missed_calls"] = {"found": []}
        self.work.missed.ask()
        self.assertEqual([one.type for one in self.flushLoggedErrors()], [KeyError])
        self.assertEqual(len(self.work.missed.calls), 2)
        self.served["missed_calls"] = {"rows": []}
        self.work.missed.ask()
        self.assertEqual(self.work.missed.calls, ())

    def test_asked_meanwhile(self) -> None:
        """What has changed while the list was under way is asked for once more, and only once."""
        answer = self.served.pop("missed_calls")
        self.client.asked.clear()
        for _ in range(3):
            self.work.missed.ask()
        self.client.answers({"rows": []})
        self.client.answers(answer)
        self.assertEqual(self.client.asked, [("missed_calls", "en")] * 2)
        self.assertEqual(len(self.work.missed.calls), 2)

    def test_counted_until_opened(self) -> None:
        """What came, also in the time away, is in the bar until the list is opened; what comes then counts anew."""
        bar = self.bar()
        self.assertEqual(bar[-1].missed, "Missed 2")
        self.missed.opened()
        self.assertEqual(bar[-1].missed, "")
        self.missed.closed()
        self.served["missed_calls"] = {
            "rows": [["138", "2026-11-26 22:55", 1, 0, "shop", "abandoned", ""], *MISSED["rows"]]
        }
        self.clock.advance(121)
        self.assertEqual(bar[-1].missed, "Missed 1")

    def test_list(self) -> None:
        """Number, name, what he wants first, time, where he waited, why in vain, how often; new ones in bold."""
        self.missed.opened()
        rows = self.shown[-1].rows
        self.assertEqual(
            [row.spoken for row in rows],
            [
                "13912345678 李明, wants to be called · 2026-11-26 22:40 · shop · abandoned · 3 times, new",
                "0755123, 2026-11-26 21:40 · not let in, or hung up in the menu, new",
            ],
        )
        self.assertTrue(all(row.is_new for row in rows))
        self.missed.opened()
        self.assertFalse(any(row.is_new for row in self.shown[-1].rows))

    def test_call_back(self) -> None:
        """He is taken, so that nobody else calls him, and then dialled."""
        self.missed.opened()
        self.missed.call("13912345678")
        self.assertEqual(self.asked(), [("take_missed", "13912345678")])
        self.missed.call("13912345678")
        self.client.answers()
        self.assertEqual(self.asked(), [("take_missed", "13912345678"), ("dial", "13912345678")])

    def test_taken_by_another(self) -> None:
        """Who calls him already is said; the server's refusal too, and nothing is dialled."""
        self.served["list_missed_taken"] = [{"number": "0755123", "by": "802", "result": ""}]
        self.missed.opened()
        self.assertEqual(self.shown[-1].rows[1].why_not, "802 calls already")
        self.missed.call("0755123")
        self.client.answers(Refused(Refusal.NOT_NOW, "talking"))
        self.assertEqual(self.asked(), [("take_missed", "0755123")])
        self.assertTrue(self.shown[-1].problem)

    def test_not_wanted(self) -> None:
        """Who need not be called is in the list no more; who was not reached is, and can be called by anybody."""
        for result, left in (("not wanted", 1), ("not reached", 2)):
            self.served["list_missed_taken"] = [{"number": "0755123", "by": "802", "result": result}]
            self.missed.opened()
            self.assertEqual([row.why_not for row in self.shown[-1].rows], [""] * left, result)

    def test_newest_counts(self) -> None:
        """Of several things that became of one caller the newest, which the server tells first, is shown."""
        taken = {"number": "0755123", "by": "802", "result": ""}
        self.served["list_missed_taken"] = [taken, taken | {"result": "not reached"}]
        self.missed.opened()
        self.assertEqual(self.shown[-1].rows[1].why_not, "802 calls already")

    def test_called_already(self) -> None:
        """Where it rings for a call-back, or who calls him, is said; of oneself nothing is in the way."""
        for by, state, why_not in (("802", "rings", "802 calls already"), ("801", "called", ""), ("", "waiting", "")):
            self.served["list_call_backs"] = [SLIP | {"by": by, "state": state}]
            self.missed.opened()
            self.assertEqual(self.shown[-1].rows[0].why_not, why_not, state)

    def test_slip(self) -> None:
        """Who waits to be called back stands before them, and is taken by his slip."""
        self.served["list_call_backs"] = [SLIP]
        self.missed.opened()
        self.assertEqual(self.shown[-1].rows[0].spoken, "137 王五, Call-back · shop · since 2026-11-26 20:00")
        self.missed.call("slip c9")
        self.missed.settle("slip c9")
        self.missed.settle("0755123")
        wanted = [("take_call_back", "c9"), ("done_call_back", "c9", "not wanted")]
        self.assertEqual(self.asked(), [*wanted, ("done_missed", "0755123", "not wanted")])

    def test_withheld(self) -> None:
        """Who has not told his number is in the list all the same."""
        self.served["list_call_backs"] = [SLIP | {"number": "", "name": ""}]
        self.missed.opened()
        self.assertEqual(self.shown[-1].rows[0].title, "number withheld")

    def test_nobody_chosen(self) -> None:
        """Enter where nobody is chosen calls nobody, and settles nothing."""
        self.missed.opened()
        self.missed.call("")
        self.missed.settle("")
        self.assertEqual(self.asked(), [])

    def test_connection_back(self) -> None:
        """Who came while the connection was lost is in the list when it is back; it is asked for once at a time."""
        del self.served["missed_calls"]
        self.log_in()
        self.assertIn(("list_call_backs",), self.client.asked)
        self.missed.opened()
        self.assertEqual([one for one in self.client.asked if one[0] == "missed_calls"], [("missed_calls", "en")])
        self.client.answers(Refused(Refusal.SERVER))
        self.missed.opened()
        self.client.answers(MISSED)
        self.assertEqual(len(self.shown[-1].rows), 2)

    def test_in_a_talk(self) -> None:
        """Nobody is called back in a talk."""
        self.missed.opened()
        self.seat(SeatState.TALKING, Card("call-1"))
        self.missed.call("13912345678")
        self.assertEqual(self.asked(), [])


class MessagesTests(ServedCase):
    def setUp(self) -> None:
        super().setUp()
        found = {"id": 4, "sender": "802", "name": "刘洋", "recipient": "801", "recipient_name": "王芳", "to": ""}
        found |= {"text": "李明的订单", "at": "2026-11-26T12:00:00+00:00"}
        self.served["list_said"] = {"found": [found], "next": ""}
        self.shown: list[MessagesData] = []
        self.messages = Messages(self.work, self.shown.append)
        self.messages.start()
        self.addCleanup(self.messages.stop)

    def test_counted_until_opened(self) -> None:
        """What comes is counted, once each, until the panel is open; then it is read as it comes."""
        said = Said(9, "802", "刘洋", "你好", "2026-11-26T12:00:00+00:00")
        self.model.said(said)
        self.model.said(said)
        self.assertEqual(len(self.model.unread), 1)
        self.messages.opened()
        self.assertEqual(self.model.unread, {})
        self.model.said(Said(10, "802", "刘洋", "在吗", "2026-11-26T12:01:00+00:00"))
        self.assertEqual(self.model.unread, {})
        self.messages.closed()
        self.model.said(Said(11, "802", "刘洋", "?", "2026-11-26T12:02:00+00:00"))
        self.assertEqual(len(self.model.unread), 1)

    def test_clocks_go_on(self) -> None:
        """How long a colleague is as he is counts on while one looks."""
        self.log_in(board=(ChannelRow("seat 802", "RINGING", person="802", name="刘洋"),))
        before = self.shown[-1].people[0].detail
        self.clock.advance(10)
        self.assertEqual((before[-4:], self.shown[-1].people[0].detail[-4:]), ("0:00", "0:10"))

    def test_history(self) -> None:
        """Who, when, what; and to whom one would answer."""
        self.messages.opened()
        self.assertEqual(self.shown[-1].rows[0].spoken, "802 刘洋 · 2026-11-26 20:00, 李明的订单")
        self.assertEqual((self.messages.answer_to("4"), self.messages.text_of("4")), ("802", "李明的订单"))

    def test_pages(self) -> None:
        """The end of the list seen twice asks once for what is behind it."""
        self.served["list_said"] |= {"next": "4"}
        self.messages.opened()
        self.served["list_said"] = {"found": [], "next": ""}
        for _ in range(2):
            self.messages.more()
        self.assertEqual([one for one in self.client.asked if one == ("list_said", "", "4")], [("list_said", "", "4")])

    def test_sent(self) -> None:
        """To several, to a group; who is not there has it at his next log-in, and it says so."""
        self.messages.send("802，803 group sales", " 开会 ")
        self.assertEqual(self.asked(), [("tell_people", ["802", "803", "group sales"], "开会")])
        self.client.answers({"told": ["802"], "kept": ["803"], "full": []})
        self.assertEqual(self.shown[-1].info, "Sent: 2; at the next log-in: 803")

    def test_full(self) -> None:
        """Where a hundred wait unread nothing more goes, and it is said of whom; what was sent is said, too."""
        self.messages.send("802 803", "开会")
        self.client.answers({"told": ["802"], "kept": [], "full": ["803"]})
        self.assertEqual(self.shown[-1].info, "Sent: 1")
        self.assertEqual(self.shown[-1].problem, "Not sent to 803: 100 messages wait there unread")

    def test_answer_to_ones_own(self) -> None:
        """Who answers under what he has written himself writes to the same person again."""
        self.served["list_said"]["found"][0] |= {"sender": "801", "recipient": "803"}
        self.messages.opened()
        self.assertEqual(self.messages.answer_to("4"), "803")

    def test_everybody(self) -> None:
        """Everybody is written to with right 1 alone: else the button is dead and names the right."""
        self.model.access(Access(EVERY_RIGHT - {Right.SUPERVISOR}))
        self.assertFalse(self.shown[-1].may_everybody)
        self.assertIn("Needs the right", self.shown[-1].why_not)

    def test_to_nobody(self) -> None:
        """Without anybody, or without words, nothing is sent, and it says why."""
        self.messages.send("", "开会")
        self.assertEqual(self.shown[-1].problem, "Choose somebody first")
        self.messages.send("802", " ")
        self.assertEqual((self.shown[-1].problem, self.asked()), ("Write something first", []))

    def test_chosen_from_the_list(self) -> None:
        """A colleague is put into the field, or taken out of it."""
        self.model.row(ChannelRow("seat 802", "IDLE_PC", name="刘洋"))
        self.assertEqual([row.key for row in self.shown[-1].people], ["802"])
        self.assertEqual((toggled("803", "802"), toggled("803 802", "803")), ("803 802", "802"))


class VoiceMailTests(ServedCase):
    def setUp(self) -> None:
        super().setUp()
        message = {"message": "m1", "came": "2026-11-26T12:00:00+00:00", "number": "139", "name": "李明"}
        message |= {"length_s": 42, "urgent": True, "private": False, "heard": False, "taken_name": ""}
        self.served |= {"list_mailboxes": [{"box": "801", "name": "王芳", "new": 1}], "list_messages": [message]}
        self.served |= {"mark_message": None}
        self.shown: list[VoiceMailData] = []
        self.speaker: FakeSpeaker | None = None
        self.mail = VoiceMail(self.work, self.shown.append, lambda: self.speaker)
        self.mail.start()
        self.addCleanup(self.mail.stop)
        self.mail.opened()

    def test_list(self) -> None:
        """The box with something new is open; who, when, how long, urgent."""
        self.assertEqual(self.shown[-1].boxes, (("801", "801 王芳 (1)"),))
        self.assertEqual(
            [row.spoken for row in self.shown[-1].rows], ["139 李明, 2026-11-26 20:00 · 0:42 · urgent, new"]
        )

    def test_another_box(self) -> None:
        """The messages of a box that is open no more are not shown as those of the next."""
        late = self.served.pop("list_messages")
        self.mail.open_box("802")
        self.mail.open_box("803")
        self.assertEqual(self.shown[-1].rows, ())
        of_802, of_803 = self.client.waiting
        of_803.callback([])
        of_802.callback(late)
        self.assertEqual(self.shown[-1].rows, ())

    def test_gone(self) -> None:
        """A message that a colleague has just deleted is not asked for again and again: it stands still, with why."""
        self.speaker = FakeSpeaker(self.clock)
        self.mail.play_or_pause("m1")
        self.assertTrue(self.shown[-1].plays)
        self.client.answers(Refused(Refusal.NO_RECORDING))
        self.clock.pump([0.05] * 20)
        asked = [one for one in self.client.asked if one[0] == "open_message"]
        self.assertEqual((len(asked), self.shown[-1].plays), (1, False))

    def test_no_loudspeaker(self) -> None:
        """Without anything to hear it on, it says so."""
        self.mail.play_or_pause("m1")
        self.assertIn("no headset or loudspeaker", self.shown[-1].problem)

    def test_marked_and_deleted(self) -> None:
        """As one asks."""
        self.mail.mark("m1")
        self.mail.delete("m1")
        self.assertIn(("mark_message", "m1", True), self.client.asked)
        self.assertEqual(self.asked(), [("delete_message", "m1")])

    def test_in_a_talk(self) -> None:
        """In a talk nothing is played into the ear."""
        self.seat(SeatState.TALKING, Card("call-1"))
        self.assertFalse(self.shown[-1].may_play)


class KeypadTests(ServedCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[KeypadData] = []
        self.keypad = Keypad(self.work, self.shown.append)
        self.keypad.start()
        self.addCleanup(self.keypad.stop)

    def test_sent(self) -> None:
        """What was sent is shown when it is sent; figures of full width count, letters do not."""
        self.seat(SeatState.TALKING, Card("call-1"))
        for key in ("1", "＃", "a", "*"):
            self.keypad.press(key)
        self.assertEqual(self.asked(), [("send_keys", "1"), ("send_keys", "#"), ("send_keys", "*")])
        self.client.answers()
        self.client.answers()
        self.assertEqual(self.shown[-1].sent, "1#")

    def test_another_call(self) -> None:
        """It begins with nothing sent."""
        self.test_sent()
        self.seat(SeatState.TALKING, Card("call-2"))
        self.assertEqual(self.shown[-1].sent, "")

    def test_no_call(self) -> None:
        """Without a talk nothing is sent."""
        self.keypad.press("1")
        self.assertEqual((self.asked(), self.shown[-1].may), ([], False))
