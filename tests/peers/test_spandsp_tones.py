"""Tones, fax signals and caller ID that spandsp sends are recognised; the caller ID we send is read by spandsp."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.caller_id.characters import CallerIdHeard
from callserver.dsp.caller_id.fsk import BELL_202, V_23, caller_id_sound
from callserver.dsp.caller_id.messages import build_mdmf
from callserver.dsp.caller_id.receiver import FskReceiver
from callserver.dsp.fax_tones.bank import FaxSignal, FaxToneBank
from callserver.dsp.frames import FloatArray
from callserver.dsp.progress.bank import ProgressBank, ToneHeard
from callserver.dsp.progress.plans import PLANS
from tests.dsp.bank_sound import events_of, noise
from tests.peers import spandsp_tones as spandsp
from tests.peers.spandsp import MISSING

FIELDS = {0x01: b"10011450", 0x02: b"13800138000", 0x07: b"Steve"}


def late(sound: FloatArray, number: int) -> FloatArray:
    """A sound that begins anywhere in a tick."""
    return np.concatenate([np.zeros(4000 + 37 * number, np.float32), sound])


class SpandspTests(SynchronousTestCase):
    if MISSING:
        skip = MISSING

    def test_tones_of_all_countries(self) -> None:
        """Every unmodulated tone of every plan, at -20 dBm0 with noise 25 dB below."""
        for country in PLANS.values():
            tones = {
                name: cadence
                for name, cadence in country.tones.items()
                if not any(burst.modulation_hz or burst.relative_db for burst in cadence.bursts)
            }
            sounds = [late(spandsp.cadenced(cadence, 12, -20), n) for n, cadence in enumerate(tones.values())]
            bank = np.stack([sound[:96000] for sound in sounds])
            events = events_of(ProgressBank(len(bank), country), bank + noise(bank.shape, -45, 1))
            for channel, name in enumerate(tones):
                named = [event.name for event in events[channel] if isinstance(event, ToneHeard)]
                self.assertEqual(named, [name], (country.code, name))

    def test_fax_signals(self) -> None:
        """CNG, the answer tones with and without reversals and modulation; no data modem."""
        for kind, expected in (
            (spandsp.CNG, [FaxSignal.CNG]),
            (spandsp.ANS, [FaxSignal.CED]),
            (spandsp.ANS_REVERSED, [FaxSignal.CED]),
            (spandsp.ANSAM, [FaxSignal.ANSAM]),
            (spandsp.ANSAM_REVERSED, [FaxSignal.ANSAM]),
            (spandsp.BELL_ANSWER, []),
            (spandsp.CALLING, []),
        ):
            sound = late(spandsp.fax_signal(kind, 2.0), kind)
            sound = sound + noise(sound.shape, -25, kind)
            heard = [event.signal for event in events_of(FaxToneBank(1), sound[None, :])[0]]
            self.assertEqual(heard, expected, kind)

    def test_flags(self) -> None:
        """The flags of its V.21 modem."""
        sound = late(spandsp.flags(1.0), 1)
        sound = sound + noise(sound.shape, -25, 1)
        self.assertEqual([event.signal for event in events_of(FaxToneBank(1), sound[None, :])[0]], [FaxSignal.FLAGS])

    def test_caller_id_from_spandsp(self) -> None:
        """Its messages after Bell 202 and V.23 are read."""
        for standard in (spandsp.BELL, spandsp.ETSI):
            sound = late(spandsp.caller_id(standard, FIELDS), standard)
            sound = np.concatenate([sound, np.zeros(800, np.float32)])
            heard = [event for event in FskReceiver().feed(sound) if isinstance(event, CallerIdHeard)]
            self.assertEqual([event.message.parameters for event in heard], [FIELDS])

    def test_caller_id_to_spandsp(self) -> None:
        """It reads ours."""
        message = build_mdmf(FIELDS)
        for standard, tones in ((spandsp.BELL, BELL_202), (spandsp.ETSI, V_23)):
            sound = np.concatenate([late(caller_id_sound(message, tones), 0), np.zeros(1600, np.float32)])
            self.assertEqual(spandsp.caller_id_heard(standard, sound), [message[:-1]])
