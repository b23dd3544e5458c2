"""The measure itself: it must not find what is not there."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.commands.demo import AGENT_VOICE, CALLER_VOICE, voice
from callserver.dsp.codecs import UNSIGNED_8
from callserver.dsp.sound.files import read_wav
from tests.whole.alignment import likeness


class LikenessTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.sentence, self.other = read_wav(voice(CALLER_VOICE)), read_wav(voice(AGENT_VOICE))

    def test_heard(self) -> None:
        """A sentence through an 8-bit line, quieter, with a sample lost each half second, is found."""
        through = UNSIGNED_8.decode(UNSIGNED_8.encode(self.sentence * 0.5))
        slipped = np.delete(through, np.arange(4000, through.size, 4000))
        heard = np.concatenate((np.zeros(12345, np.float32), slipped, np.zeros(5000, np.float32)))
        self.assertGreater(likeness(self.sentence, heard), 0.9)

    def test_not_heard(self) -> None:
        """Another sentence by the same voice, or noise, is not taken for it."""
        noise = np.random.default_rng(1).normal(0, 0.1, 100_000).astype(np.float32)
        self.assertLess(likeness(self.sentence, self.other), 0.4)
        self.assertLess(likeness(self.sentence, noise), 0.4)

    def test_half_heard(self) -> None:
        """Half a sentence is not a sentence."""
        self.assertLess(likeness(self.sentence, self.sentence[: self.sentence.size // 2]), 0.8)
