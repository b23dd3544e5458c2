"""Recordings that the shop's rules begin and end as a call goes on."""

from __future__ import annotations

from callserver.calls.recording_rules import RecordingRules
from callserver.config.record_rules import read_record_rules
from tests.acd.moves.test_recording_on_demand import OnDemandCase


def rules(text: str, **others: bool) -> RecordingRules:
    return RecordingRules(always=False, rules=read_record_rules(text), **others)  # type: ignore[arg-type]


class RuleCase(OnDemandCase):
    def kinds(self) -> list[str]:
        """What happened to recordings, in order."""
        told = {"recording": "begins", "recording_end": "ends"}
        return [told[event.kind] for event in self.shop.book.events if event.kind in told]


class SeatRuleTests(RuleCase):
    rules = rules("seat 801: all")

    def test_while_he_talks(self) -> None:
        """His talk is recorded, from its beginning to his leaving, and not what a colleague says afterwards."""
        self.assertEqual(self.kinds(), ["begins"])
        self.say(2)
        self.moves.transfers.transfer(self.seat, "seat 802")
        self.other.answer()
        self.say(3)
        self.assertEqual(self.kinds(), ["begins", "ends"])
        self.assertApproximates(self.heard_in("recording 1")[1], 2, 0.3)

    def test_held(self) -> None:
        """He holds his caller: his talk is not over."""
        self.seat.hold()
        self.shop.wait(1)
        self.assertEqual(self.kinds(), ["begins"])


class NeverTests(RuleCase):
    rules = RecordingRules(rules=read_record_rules("seat 802: none"))

    def test_one_seat_less(self) -> None:
        """All is recorded but the talks of one: there it ends, and when he has gone on it begins anew."""
        self.say(1)
        self.moves.transfers.transfer(self.seat, "seat 802")
        self.other.answer()
        self.say(2)
        self.assertEqual(self.kinds(), ["begins", "ends"])
        self.moves.transfers.transfer(self.other, "seat 801")
        self.seat.answer()
        self.say(1)
        self.assertEqual(self.kinds(), ["begins", "ends", "begins"])

    def test_on_demand_all_the_same(self) -> None:
        """Who has the right may have it recorded; that it is not by rule makes no difference."""
        self.moves.transfers.transfer(self.seat, "seat 802")
        self.other.answer()
        self.moves.recording.start(self.other)
        self.say(1)
        self.moves.recording.stop(self.other)
        self.assertEqual(self.kinds(), ["begins", "ends", "begins", "ends"])


class MarkTests(RuleCase):
    rules = RecordingRules()

    def test_what_is_not_heard(self) -> None:
        """A hold, its end, a transfer: the recording says where they were."""
        self.say(1)
        self.seat.hold()
        self.shop.wait(1)
        self.seat.retrieve()
        self.moves.transfers.transfer(self.seat, "seat 802")
        self.other.answer()
        texts = [data["text"] for _, data in self.shop.happened("recording_mark")]
        self.assertEqual(texts, ["hold", "retrieve", "transfer"])


class TalksAloneTests(RuleCase):
    rules = RecordingRules(menus=False)

    def test_from_the_talk_on(self) -> None:
        """Menus and queues are not recorded: it begins when somebody is there, with nothing of before."""
        self.assertEqual(self.kinds(), ["begins"])
        (began,) = self.shop.happened("recording")
        self.assertNotIn("before_s", began[1])
        connected = [event.kind for event in self.shop.book.events if event.kind in ("answer", "recording")]
        self.assertEqual(connected[0], "answer")


class RecentTests(RuleCase):
    rules = RecordingRules(always=False, recent_s=2.0, rules=read_record_rules("seat 802: all"))

    def test_by_rule_from_its_beginning(self) -> None:
        """What is kept for a recording on demand comes into none by rule: that has what the rule wants alone."""
        self.say(3)
        self.moves.transfers.transfer(self.seat, "seat 802")
        self.other.answer()
        self.say(1)
        self.other.hang_up()
        self.assertEqual(self.kinds(), ["begins", "ends"])
        self.assertApproximates(self.heard_in("recording 1")[1], 1, 0.2)


class RecentBehindTests(RuleCase):
    rules = RecordingRules(always=False, recent_s=2.0, rules=read_record_rules("seat 801: all"))

    def test_on_demand_behind_a_rule(self) -> None:
        """Where the rule's recording has ended, one on demand begins as usual with what was said just before."""
        self.moves.transfers.transfer(self.seat, "seat 802")
        self.other.answer()
        self.say(1.5)
        self.moves.recording.start(self.other)
        self.other.hang_up()
        self.assertGreater(self.heard_in("recording 2")[1], 1.3)


class VoiceTests(RuleCase):
    rules = rules("line 1: voice")

    def setUp(self) -> None:
        super().setUp()
        self.shop.wait(12)  # what the caller has heard before the agent was there was recorded, too
        self.n_before = len(self.kinds())

    def since(self) -> list[str]:
        return self.kinds()[self.n_before :]

    def recorded(self, nth: int) -> tuple[float, float]:
        """Length, and how much of it is a voice."""
        return self.heard_in(f"recording {self.n_before // 2 + nth}")

    def test_each_time(self) -> None:
        """Only while somebody speaks: each time a recording of its own, from just before to a pause of some seconds."""
        self.say(2)
        self.shop.wait(3)
        self.say(1)
        self.shop.wait(20)
        self.say(4)
        self.shop.wait(20)
        self.assertEqual(self.since(), ["begins", "ends"] * 2)
        first, second = self.recorded(1), self.recorded(2)
        self.assertApproximates(first[0], 1 + 6 + 5, 0.4)
        self.assertApproximates(first[1], 3, 0.2)
        self.assertApproximates(second[1], 4, 0.2)

    def test_a_click(self) -> None:
        """A click of 40 ms is no voice."""
        self.shop.wait(1)
        self.say(0.04)
        self.shop.wait(10)
        self.assertEqual(self.since(), [])

    def test_the_end_of_the_call(self) -> None:
        """It ends a recording, and nothing begins afterwards."""
        self.say(1)
        self.seat.hang_up()
        self.shop.wait(3)
        self.assertEqual(self.since(), ["begins", "ends"])

    def test_a_secret(self) -> None:
        """Keys of a secret begin no recording, and are in none."""
        self.call.begin_secret()
        self.say(3)
        self.call.end_secret()
        self.shop.wait(1)
        self.assertEqual(self.since(), [])
        self.say(1)
        self.shop.wait(8)
        self.assertApproximates(self.recorded(1)[1], 1, 0.2)
