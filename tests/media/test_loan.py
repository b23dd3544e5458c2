"""A leg lent to a fax: no sample lost, nobody hears it, no tick waits for its work."""

import numpy as np
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.media.loan import AHEAD_BLOCKS, BITE_BLOCKS
from callserver.media.patch_bay import PatchBay
from tests.media.bench import FakeEar, plug, talk

TICK_S = 0.02


class LoanTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.ear = Clock(), FakeEar(8)
        self.bay = PatchBay(self.clock, 8, lambda n: self.ear)
        self.line, self.agent = plug(self.bay, "line 1"), plug(self.bay, "seat 801", signals=False)
        talk(self.bay, self.line, self.agent)
        self.heard: list[FloatArray] = []
        self.over: list[Failure | None] = []

    def lend(self) -> None:
        self.line.leg.lend(self.exchange, self.over.append)

    def exchange(self, block: FloatArray) -> FloatArray:
        self.heard.append(block)
        return np.full(BLOCK_SAMPLES, len(self.heard) / 1024, np.float32)

    def turn(self, n: int = 1) -> None:
        for _ in range(n):
            self.bay.tick()
            self.clock.advance(TICK_S)

    def test_one_block_for_each(self) -> None:
        """Each block that comes is given once, in order; for each one goes out, after some of silence."""
        self.lend()
        for n in range(6):
            self.line.say(n / 8)
            self.turn()
        self.turn(2)
        self.assertEqual([float(block[0]) for block in self.heard], [n / 8 for n in range(6)])
        out = self.line.sound().reshape(-1, BLOCK_SAMPLES)[:, 0]
        self.assertEqual((out[AHEAD_BLOCKS:] * 1024).round().tolist(), list(range(1, 7)))
        self.assertEqual(out[:AHEAD_BLOCKS].tolist(), [0] * AHEAD_BLOCKS)

    def test_far_clock_is_followed(self) -> None:
        """Sound that comes late, then at once, loses nothing and gets no silence put in."""
        self.lend()
        self.turn(30)
        for n in range(1, 40):
            self.line.say(n / 64)
        self.bay.tick()
        self.clock.advance(0.017)
        self.assertLessEqual(len(self.heard), 3 * BITE_BLOCKS, "a stall is not made up for by another")
        self.turn(15)
        self.assertEqual([float(block[0]) for block in self.heard], [n / 64 for n in range(1, 40)])

    def test_nobody_hears_it(self) -> None:
        """Agent, recorder and detectors hear silence."""
        tracks: list[bytes] = []
        self.bay.give_tracks_to(lambda legs, sounds: tracks.extend(sounds))
        self.bay.tap(self.line.leg)
        self.bay.set_gains("call 1", {})  # as the call does by its roles
        self.lend()
        for _ in range(5):
            self.line.say(0.5)
            self.agent.say(0.25)
            self.turn()
        self.assertEqual(self.agent.last_level(), 0)
        self.assertEqual(set(b"".join(tracks)), {0})
        self.assertFalse(any(received.any() or played.any() for received, played in self.ear.fed))
        self.assertLess(self.line.sound().max(), 0.1)

    def test_talk_goes_on(self) -> None:
        """Taken back, both hear each other again, and the detectors begin anew."""
        self.lend()
        self.turn(3)
        self.line.leg.take_back()
        self.assertIn(self.line.leg.slot, self.ear.resets)
        for _ in range(4):
            self.line.say(0.5)
            self.agent.say(0.25)
            self.turn()
        self.assertEqual((self.agent.last_level(), self.line.last_level()), (0.5, 0.25))
        self.assertEqual(self.over, [None])

    def test_work_between_ticks(self) -> None:
        """The work is done after the tick; a tick that finds it undone does it, so no block waits longer."""
        self.lend()
        self.line.say(0.5)
        self.bay.tick()
        self.assertEqual(self.heard, [])
        self.clock.advance(0.017)
        self.assertEqual(len(self.heard), 1)
        self.line.say(0.5)
        self.bay.tick()
        self.bay.tick()
        self.assertEqual(len(self.heard), 2)

    def test_broken(self) -> None:
        """What the borrower raises is told once, and he is asked nothing more; the tick and the others go on."""

        def fail(block: FloatArray) -> FloatArray:
            raise ValueError("a fax that breaks")

        self.line.leg.lend(fail, self.over.append)
        for _ in range(4):
            self.line.say(0.5)
            self.turn()
        self.assertIsNotNone(self.over.pop().check(ValueError))  # type: ignore[union-attr]
        self.assertEqual(self.line.leg.faults, 0)

    def test_closed(self) -> None:
        """A leg that closes asks nothing more, and leaves nothing in the clock."""
        self.lend()
        self.line.say(0.5)
        self.bay.tick()
        self.line.leg.close()
        self.agent.leg.close()
        self.clock.advance(1)
        self.assertEqual((self.heard, self.over), ([], [None]))
        self.assertEqual(self.clock.getDelayedCalls(), [])
