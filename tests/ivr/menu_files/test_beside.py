"""Tests beside a menu: what is wrong in them, or with the menu, has its line."""

from datetime import datetime
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from callserver.ivr.menu_files.reading import Known
from callserver.ivr.trying.beside import Outcome, misses, read_tests
from callserver.ivr.trying.call import TryCall
from callserver.ivr.trying.keys import Script
from callserver.ivr.trying.run import run_menu
from tests.ivr.menu_files.test_journey import menus

GOOD = (Path(__file__).parent / "front.test.ini").read_text("utf-8")
KNOWN = Known(queues=("operator", "Orders"), offices=("1", "2"), numbers=("02188888888",))
UNSAID = "14: does not hear '今天下午"  # recorded pieces have no words here


def failed(text: str) -> list[str]:
    """What fails in these tests of front.ini, as `LINE: words`."""
    tests, faults = read_tests(text.encode(), KNOWN)
    for test in tests:
        call = TryCall(Script(test.keys), test.at.astimezone(), outcomes=test.outcomes)
        outcome = Outcome(run_menu(menus()["front"], call), call.trace, {})
        faults += misses(test, outcome)
    return [f"{fault.line}: {fault}" for fault in faults]


class BesideTests(SynchronousTestCase):
    def test_example(self) -> None:
        """The tests of the manual's menu hold; all but the text, of which recorded pieces have no words here."""
        self.assertEqual(failed(GOOD.replace("says = 今天下午一点恢复营业", "says = 恢复营业。留言请按1")), [])
        self.assertEqual(read_tests(GOOD.encode(), KNOWN)[0][0].at, datetime(2026, 11, 25, 10))

    def test_failures(self) -> None:
        """What did not come is told with its line, what came instead, and what the clock has decided."""
        for old, new, expected in (
            (
                "reaches = queue operator, menu survey\n",
                "reaches = office nearest\n",
                "8: reaches queue operator, menu survey, hangup, not office nearest",
            ),
            ("talk rating thanks\n", "rating talk\n", "6: does not hear 'talk' (in this order); he came by"),
            ("never = main", "never = night", "20: hears 'night'; he came by welcome open? holiday night"),
            ("people 4", "people 5", "27: does not keep 'people 5'; it keeps people 4"),
            ("language = en", "language = zh", "21: speaks en in the end, not 'zh'"),
            ("nothing", "orders", "22: does not write 'orders'; it writes "),
        ):
            found = [one for one in failed(GOOD.replace(old, new, 1)) if not one.startswith(UNSAID)]
            self.assertTrue(found and found[0].startswith(expected), (expected, found))
        night = failed(GOOD.replace("at = 2026-11-25 10:00\nkeys = 1 0 5\n", "at = 2026-11-25 20:00\nkeys = 1 0 5\n"))
        self.assertIn("; open? closed", night[2])

    def test_hand_overs(self) -> None:
        """What becomes of a hand-over is a word there is, of a queue, office or number there is; each list is told."""
        test = "[test a]\nat = 2026-11-25 10:00\n"
        for line, expected in (
            ("queue operater = closed", "3: no queue 'operater'; there are Orders, operator"),
            (
                "queue operator = noagent",
                "3: 'noagent' never becomes of a queue; there are answered, closed, no_agent,",
            ),
            ("office 3 = answered", "3: no office '3'; there are 1, 2, nearest"),
            ("number 02112345678 = answered", "3: no number '02112345678'; there is only 02188888888"),
            ("number 02188888888 = busy", "3: 'busy' never becomes of a number; there are answered, not_reached"),
            ("document 12 = gone", "3: 'gone' never becomes of a document; there are sent, failed, later,"),
        ):
            (found,) = failed(f"{test}{line}\n")
            self.assertTrue(found.startswith(expected), found)
        (read,), _ = read_tests(f"{test}queue ORDERS = closed\n".encode(), KNOWN)
        self.assertEqual(read.outcomes, {"queue Orders": "closed"})

    def test_slips(self) -> None:
        """A test that cannot be run is told with its line."""
        test = "[test a]\nat = 2026-11-25 10:00\n"
        for text, expected in (
            ("[test a]\nkeys = 1\n", "1: [test a] needs at =, when the call begins, as 2027-02-06 18:40"),
            ("[test a]\nat = noon\n", "2: [test a] needs at =, when the call begins, as 2027-02-06 18:40"),
            (test + "hear = main\n", "3: 'hear': [test a] has no such setting; did you mean 'hears'?"),
            (test + "keys = one\n", "3: one: write keys as 2 1 1001#, a blank between questions; - is silence, "
             "hangup, speak 12s"),
            ("[tset a]\n", "1: [tset a]: write [test NAME]"),
        ):  # fmt: skip
            self.assertEqual(failed(text), [expected])
