"""Every key is heard once, when it was pressed, and nothing else is."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.dtmf import DtmfBank, KeyDown, KeyUp
from callserver.dsp.tones import dtmf

ALL_KEYS = "1234567890*#ABCD"


class DtmfBankTests(SynchronousTestCase):
    def test_every_key(self) -> None:
        """Sixteen keys of 50 ms, 50 ms apart, arrive as sixteen keys, each with its beginning and end to 5 ms."""
        sound = np.concatenate([np.zeros(400, np.float32), dtmf(ALL_KEYS, 50, 50), np.zeros(400, np.float32)])
        events = DtmfBank(1).feed(sound[None, :])
        downs = [event for event in events if isinstance(event, KeyDown)]
        ups = [event for event in events if isinstance(event, KeyUp)]
        self.assertEqual("".join(event.key for event in downs), ALL_KEYS)
        for number, (down, up) in enumerate(zip(downs, ups, strict=True)):
            self.assertEqual(down.key, up.key)
            self.assertApproximates(down.onset_sample, 400 + 800 * number, 40)
            self.assertApproximates(up.end_sample, 800 + 800 * number, 40)
            self.assertApproximates(down.low_dbm0, -9, 0.5)
            self.assertApproximates(down.high_dbm0, -7, 0.5)

    def test_wrong_shape(self) -> None:
        """Sound of the wrong shape or type is refused, and the error says what it was."""
        bank = DtmfBank(2)
        with self.assertRaisesRegex(ValueError, r"\(2, n\), not float32 of \(3, 160\)"):
            bank.feed(np.zeros((3, 160), np.float32))
        with self.assertRaisesRegex(ValueError, "not int16"):
            bank.feed(np.zeros((2, 160), np.int16))  # type: ignore[arg-type]
