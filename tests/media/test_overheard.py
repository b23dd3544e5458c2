"""What is played to one party can be heard by who listens to it, and by nobody else."""

import numpy as np
from twisted.logger import LogLevel, capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import amplitude
from callserver.media.patch_bay import WrongParty
from tests.media.bench import Party, make_bay, plug

LOUD = np.full(8000, 0.5, np.float32)
CLICK = amplitude(-40.0)


class OverheardTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.bay = make_bay()
        self.caller, self.other = plug(self.bay, "line 1"), plug(self.bay, "line 2", "call 2")
        self.listener = plug(self.bay, "seat 900", signals=False)

    def listens(self) -> None:
        self.bay.set_gains("call 1", {}, {self.listener.leg: self.caller.leg})

    def ticks(self, n: int) -> None:
        for _ in range(n):
            self.bay.tick()

    def levels(self) -> tuple[float, ...]:
        return tuple(party.last_level() for party in (self.caller, self.listener, self.other))

    def test_prompts(self) -> None:
        """Prompts of the caller are heard beside him, his music is not."""
        self.listens()
        self.caller.leg.music(np.full(800, 0.125, np.float32))
        self.ticks(3)
        self.assertEqual(self.levels(), (0.125, 0.0, 0.0))
        self.caller.leg.play([LOUD])
        self.ticks(3)
        self.assertEqual(self.levels(), (0.5, 0.5, 0.0))

    def test_until(self) -> None:
        """Other gains, another call and the end of either leg end it."""
        ends = (
            lambda: self.bay.set_gains("call 1", {}),
            lambda: self.listener.leg.serve("call 2"),
            lambda: self.caller.leg.serve("call 2"),
            lambda: self.caller.leg.close(),
        )
        for end in ends:
            self.setUp()
            self.listens()
            self.caller.leg.play([LOUD])
            self.ticks(3)
            end()
            self.ticks(2)
            self.assertEqual(self.listener.last_level(), 0.0)

    def test_another_call(self) -> None:
        """Who serves another call can neither be overheard nor overhear (G7)."""
        for sink, source in ((self.listener, self.other), (self.other, self.caller)):
            self.assertRaises(WrongParty, self.bay.set_gains, "call 1", {}, {sink.leg: source.leg})

    def test_strangers_are_parted(self) -> None:
        """Should a mistake of ours let one overhear another call, it lasts a second, and the log says so."""
        self.listens()
        self.caller.leg._call_id = "call 2"
        with capturedLogs() as logged:
            self.ticks(50)
        self.caller.leg.play([LOUD])
        self.ticks(3)
        self.assertEqual(self.levels(), (0.5, 0.0, 0.0))
        self.assertEqual([event["log_level"] for event in logged], [LogLevel.critical])

    def test_no_clicks(self) -> None:
        """Begun, stopped, begun again, listened to from the middle on, and no more: no step for anybody."""
        self.caller.leg.play([LOUD])
        self.ticks(2)
        self.listens()
        self.ticks(2)
        self.caller.leg.stop()
        self.ticks(2)
        self.caller.leg.play([LOUD])
        self.ticks(2)
        plug(self.bay, "seat 801", signals=False)
        self.ticks(2)
        self.bay.set_gains("call 1", {})
        self.ticks(2)
        for party in (self.caller, self.listener, self.other):
            self.assertLess(largest_step(party), CLICK)
        self.assertGreater(self.listener.sound().max(), 0.4)


def largest_step(party: Party) -> float:
    return float(np.abs(np.diff(party.sound())).max())
