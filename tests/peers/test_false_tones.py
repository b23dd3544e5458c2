"""No tones, faxes or callers out of recorded voices: Asterisk's prompts, as Debian packs them."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.caller_id.characters import CallerIdHeard
from callserver.dsp.caller_id.receiver import FskReceiver
from callserver.dsp.fax_tones.bank import FaxToneBank
from callserver.dsp.progress.bank import ProgressBank
from callserver.dsp.progress.plans import PLANS
from tests.dsp.bank_sound import events_of, voices_bank

N_CHANNELS = 40
CUT = 1600
LONGEST_S = 60  # a channel: 40 minutes are heard


class VoicesTests(SynchronousTestCase):
    def test_progress(self) -> None:
        """No voice is taken for a tone, with the plans whose tones lie most apart."""
        voices = voices_bank(N_CHANNELS, LONGEST_S)
        for code in ("cn", "us", "gb"):
            self.assertEqual(events_of(ProgressBank(N_CHANNELS, PLANS[code]), voices, CUT), {}, code)

    def test_fax(self) -> None:
        """No voice is taken for a fax."""
        self.assertEqual(events_of(FaxToneBank(N_CHANNELS), voices_bank(N_CHANNELS, LONGEST_S), CUT), {})

    def test_caller_id(self) -> None:
        """No message is read out of speech."""
        receiver = FskReceiver()
        sound = voices_bank(N_CHANNELS, LONGEST_S).reshape(-1)[: 600 * 8000]
        events = [event for piece in np.split(sound, 600) for event in receiver.feed(piece)]
        self.assertEqual([event for event in events if isinstance(event, CallerIdHeard)], [])
