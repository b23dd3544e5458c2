"""What is done by right is written down; what cannot be done is refused in words."""

from errno import ENOSPC

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.audit import audited, in_words
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.wire.catalogue import Complaint, told
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from tests.shop import MemoryBook


class AuditTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.events = EventLog(MemoryBook(), Clock(), "test")
        self.noted: list[tuple[object, ...]] = []
        self.events.watch(lambda event: self.noted.append((event.kind, event.person, *event.data.values())))

    def does(self, act: str, problem: Exception | None = None) -> str:
        """What he is told who does it."""
        try:
            with audited(self.events, "801", act, "seat 802"), in_words():
                if problem is not None:
                    raise problem
        except Refused as refused:
            return told(refused, "en")
        return ""

    def test_done(self) -> None:
        """An act that is done is noted once, with who and to whom."""
        self.does("listen")
        self.assertEqual(self.noted, [(Kind.AUDIT.value, "801", "listen", "seat 802", "done")])

    def test_refused(self) -> None:
        """So is one that is refused, with why; he is told the same."""
        self.assertIn("17", str(Refused.no_right(Right.BARGE_IN)))
        self.does("barge_in", Refused.no_right(Right.BARGE_IN))
        self.assertEqual(self.noted[0][-1], str(Refused.no_right(Right.BARGE_IN)))

    def test_complaint(self) -> None:
        """What is complained of, and a disk that is full, are refusals in words."""
        self.assertIn("no such fax", self.does("open_fax", Complaint("no such fax")))
        self.assertIn("the disk is full", self.does("send_fax", OSError(ENOSPC, "No space left on device")))
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 1)
        self.assertEqual([act for _, _, act, *_ in self.noted], ["open_fax", "send_fax"])

    def test_not_noted(self) -> None:
        """What anybody may do leaves no note, done or refused."""
        self.does("")
        self.does("", Complaint("no"))
        self.assertEqual(self.noted, [])

    def test_fault(self) -> None:
        """A fault of ours is none of these: it is raised as it is."""
        self.assertRaises(ZeroDivisionError, self.does, "listen", ZeroDivisionError())
        self.assertEqual(self.noted, [])
