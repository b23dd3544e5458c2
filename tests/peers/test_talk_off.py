"""No keys out of recorded voices: Asterisk's English prompts, as Debian packs them."""

import os
from pathlib import Path

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.keys.bank import DtmfBank
from callserver.dsp.sound.files import read_wav

PROMPTS = Path("/usr/share/asterisk/sounds/en_US_f_Allison")
N_CHANNELS = 64


class TalkOffTests(SynchronousTestCase):
    if not PROMPTS.exists() and not os.environ.get("CI"):
        skip = "no recorded voices here: apt-get install asterisk-core-sounds-en-wav"

    def test_prompts(self) -> None:
        """25 minutes of a clear woman's voice make no key; benchmarks/dtmf_talkoff.py has 20 hours."""
        voice = np.concatenate([read_wav(path) for path in sorted(PROMPTS.rglob("*.wav"))])
        self.assertGreater(len(voice) / 8000 / 60, 20)
        length = len(voice) // N_CHANNELS
        self.assertEqual(DtmfBank(N_CHANNELS).feed(voice[: N_CHANNELS * length].reshape(N_CHANNELS, length)), [])
