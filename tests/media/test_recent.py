"""What has just been said, kept in memory for a recording that may begin with it."""

from typing import cast

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import BLOCK_SAMPLES
from callserver.media.leg import Leg
from callserver.media.recent import Recent

BLOCK_S = 0.02


def block(n: int) -> bytes:
    """20 ms on two tracks, each sample the same."""
    return n.to_bytes(2, "little") * BLOCK_SAMPLES * 2


class RecentTests(SynchronousTestCase):
    def test_the_last_seconds(self) -> None:
        """So much is kept and no more: memory has an end."""
        recent = Recent(cast(Leg, None), 0.1)
        for n in range(1, 10):
            recent.take(block(n))
        self.assertEqual(recent.sound(), b"".join(map(block, range(5, 10))))
        self.assertAlmostEqual(recent.length_s, 0.1)

    def test_little_was_said(self) -> None:
        """Asked before so much was said, it is what there is."""
        recent = Recent(cast(Leg, None), 10)
        self.assertEqual((recent.sound(), recent.length_s), (b"", 0))
        recent.take(block(1))
        self.assertEqual(recent.sound(), block(1))

    def test_part_of_a_block(self) -> None:
        """What is taken back begins within a block: all of that goes, rather a little too much than a key."""
        recent = Recent(cast(Leg, None), 1)
        for n in range(1, 4):
            recent.take(block(n))
        recent.blank(1.5 * BLOCK_S)
        self.assertEqual(recent.sound(), block(1) + 2 * block(0))

    @given(st.lists(st.sampled_from(["say", "secret", "over"]) | st.floats(0.001, 0.3), max_size=60))
    def test_no_secret_is_kept(self, acts: list[str | float]) -> None:
        """Nothing said in a secret, or in the time that was taken back into it, can come into a recording."""
        recent, secret, said = Recent(cast(Leg, None), 0.5), False, list[bool]()
        for act in acts:
            if act == "say":
                recent.take(block(7))
                said.append(not secret)
            elif act == "secret":
                secret = True
                recent.pause()
            elif act == "over":
                secret = False
                recent.resume()
            else:
                recent.blank(float(act))
                n = min(len(said), round(float(act) / BLOCK_S + 0.4999))
                said[len(said) - n :] = [False] * n
        size, sound = len(block(7)), recent.sound()
        kept = [any(sound[at : at + size]) for at in range(0, len(sound), size)]
        self.assertEqual(len(kept), min(len(said), 25))
        for sounds, allowed in zip(kept, said[-25:] if said else [], strict=True):
            self.assertFalse(sounds and not allowed)
