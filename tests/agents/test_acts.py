"""What features declare as acts is what agents can ask for: checked arguments in, plain answers out."""

import gc
import re
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.seats.acts import SEAT_ACTS, Act, seconds, word
from callserver.acd.seats.seat import Seat
from callserver.config import ConfigError
from callserver.features import Feature
from callserver.server import declarations
from callserver.wire.refusals import Refusal, Refused
from tests.agents.channel_case import ChannelCase

SECRET = "622848 0402564 890018"


def member_number(value: Any) -> bool:
    """Four digits."""
    return re.fullmatch("[0-9]{4}", value) is not None  # breaks on what is no text


def amount_fen(value: Any) -> bool:
    """A sum in fen."""
    return int(value) > 0  # breaks on other texts, and quotes them


class FeatureActTests(ChannelCase):
    def setUp(self) -> None:
        super().setUp()
        self.done: list[tuple[Any, ...]] = []
        self.centre.acts["pay"] = Act(self.pay, (member_number, amount_fen))
        self.client, _ = self.program()

    def pay(self, seat: Seat, *args: Any) -> dict[str, Any]:
        self.done.append((seat.number, *args))
        return {"balance_fen": 1250, "rows": ["a", 1, None, True]}

    def test_done(self) -> None:
        """The act gets the seat of who asks, and his arguments; what it returns is the answer."""
        answer = self.ask(self.client.ask("pay", "1007", 500))
        self.assertEqual(answer, {"balance_fen": 1250, "rows": ["a", 1, None, True]})
        self.assertEqual(self.done, [("801", "1007", 500)])

    def test_bad_arguments(self) -> None:
        """One that does not fit is refused by its check's name; too few or too many by all; no value is in any log."""
        with capturedLogs() as logged:
            for args, wanted in (
                ((SECRET, 500), "member_number"),
                ((1007, 500), "member_number"),
                (("1007", SECRET), "amount_fen"),
                (("1007", 0), "amount_fen"),
                (("1007",), "member_number, amount_fen"),
                (("1007", 500, SECRET), "member_number, amount_fen"),
            ):
                self.assertEqual(str(self.refusal(self.client.ask("pay", *args))), f"bad-argument: {wanted}")
        self.assertEqual(self.done, [])
        self.assertNotIn(SECRET, repr(logged) + repr(self.centre.complaints))
        self.assertEqual(len(self.centre.complaints), 6)

    def test_answers_later(self) -> None:
        """An act that asks the database answers when the database does; the agent goes on meanwhile."""
        found: Deferred[str] = Deferred()
        self.centre.acts["find"] = Act(lambda seat: found)
        asked = self.client.ask("find")
        self.ask(self.client.pause("lunch"))
        self.assertNoResult(asked)
        found.callback("1007")
        self.assertEqual(self.ask(asked), "1007")
        self.centre.acts["known"] = Act(lambda seat: succeed(7))
        self.assertEqual(self.ask(self.client.ask("known")), 7)

    def test_refused_later(self) -> None:
        """A refusal that comes later is as good as one that comes at once: told in words, and complained of."""
        found: Deferred[str] = Deferred()
        self.centre.acts["find"] = Act(lambda seat: found)
        asked = self.client.ask("find")
        self.wires.settle()
        found.errback(Refused(Refusal.NO_CALL))
        self.assertIs(self.refusal(asked).code, Refusal.NO_CALL)
        self.assertEqual(self.centre.complaints, [("801", "192.0.2.1", "find", "no-call")])

    def test_breaks(self) -> None:
        """An act that raises, at once or later, or answers what cannot be sent: why, only the log says."""
        later: Deferred[str] = Deferred()
        broken = {
            "at_once": Act(lambda seat: 1 // 0),
            "later": Act(lambda seat: later),
            "no_answer": Act(lambda seat: succeed({"at": gc})),
        }
        self.centre.acts.update(broken)
        for act in broken:
            asked = self.client.ask(act)
            self.wires.settle()
            if act == "later":
                later.errback(ZeroDivisionError(SECRET))
            self.wires.settle()
            failure = self.failureResultOf(asked, Refused)
            self.assertEqual(str(failure.value), "server")
        self.assertEqual(len(self.flushLoggedErrors()), 3)
        self.assertEqual(self.centre.complaints, [])

    def test_connection_lost_meanwhile(self) -> None:
        """The answer finds nobody any more: it is dropped without a word."""
        found: Deferred[str] = Deferred()
        self.centre.acts["find"] = Act(lambda seat: found)
        asked = self.client.ask("find")
        self.wires.settle()
        self.wires.pumps[0].clientIO.disconnecting = True
        self.wires.settle()
        self.failureResultOf(asked)
        found.callback("1007")
        self.wires.settle()
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_no_answer_wanted(self) -> None:
        """A program that wants no answer gets one all the same: no refusal is left over to fill the log."""
        found: list[Deferred[str]] = [Deferred()]
        self.centre.acts["find"] = Act(lambda seat: found[0])
        perspective: Any = self.client._perspective
        perspective.callRemote("find", pbanswer=False)
        self.wires.pumps[0].pump()
        found.pop().errback(Refused(Refusal.NO_CALL))
        gc.collect()
        self.assertEqual(self.flushLoggedErrors(), [])
        self.assertEqual(self.centre.complaints[0][2:], ("find", "no-call"))


class DeclarationTests(SynchronousTestCase):
    def test_names(self) -> None:
        """A feature cannot take a name from the seat or from the channel itself."""
        for name in ("hold", "audio", "hello"):
            feature = Feature("snooping", acts={name: Act(lambda seat: None)})
            error = self.assertRaises(ConfigError, declarations.acts, SEAT_ACTS, [feature])
            self.assertIn(f"there is an act {name} already", str(error))

    def test_may_be_left_out(self) -> None:
        """What an act may take behind the others can be left out, and is looked at when it comes."""
        act = Act(lambda seat: None, (word,), may_take=(seconds,))
        self.assertEqual([act.misfit(args) for args in (["a"], ["a", 5])], [None, None])
        self.assertEqual(act.misfit(["a", "b"]), "seconds")
        self.assertEqual([act.misfit(args) for args in ([], ["a", 5, 5])], ["word, seconds"] * 2)

    def test_checks(self) -> None:
        """The seat's own checks: short words for people, whole seconds up to an hour."""
        good = [(word, "午饭"), (word, "x" * 32), (seconds, 1), (seconds, 3600)]
        bad = [(word, ""), (word, "x" * 33), (word, "a\nb"), (word, 7), (seconds, 0), (seconds, 3601), (seconds, True)]
        for expected, cases in ((None, good), ("", bad)):
            for check, value in cases:
                misfit = Act(lambda seat: None, (check,)).misfit([value])
                self.assertEqual(misfit, None if expected is None else check.__name__, value)
