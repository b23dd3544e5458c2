"""What a fax is doing, read from what its machine says and hears."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.modulations import Modulation
from callserver.fax.phases import Phases
from callserver.fax.signals import FrameHeard, SendFrames, SendImage, Trained
from callserver.wire.states import FaxPhase

DIS, DCS, CFR, EOP, MCF, DCN = (bytes((0xFF, 0x13, fcf)) for fcf in (0x80, 0x83, 0x84, 0x2F, 0x8C, 0xFB))


class PhasesTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.told: list[tuple[FaxPhase, int]] = []
        self.n_confirmed = 0
        self.phases = Phases(lambda phase, page: self.told.append((phase, page)), lambda: self.n_confirmed)

    def test_sender(self) -> None:
        """It agrees, trains, sends its pages one by one, waits for the word on each, and is over."""
        image = SendImage(Modulation.V29_9600, short=False, octets=b"\x01\x80")
        self.phases.heard(FrameHeard(DIS, good=True))
        self.phases.asked(SendFrames((DCS,)))
        self.phases.asked(SendImage(Modulation.V29_9600, short=False, octets=bytes(10)))
        self.phases.heard(FrameHeard(CFR, good=True))
        for page in range(2):
            self.n_confirmed = page
            self.phases.asked(image)
            self.phases.asked(SendFrames((EOP,)))
        self.phases.asked(SendFrames((DCN,)))
        self.assertEqual(
            self.told,
            [
                (FaxPhase.NEGOTIATE, 0),
                (FaxPhase.TRAIN, 0),
                (FaxPhase.NEGOTIATE, 0),
                (FaxPhase.PAGE, 1),
                (FaxPhase.CONFIRM, 0),
                (FaxPhase.PAGE, 2),
                (FaxPhase.CONFIRM, 0),
                (FaxPhase.RELEASE, 0),
            ],
        )

    def test_receiver(self) -> None:
        """The training before its CFR is no page; what comes after it is."""
        self.phases.asked(SendFrames((DIS,)))
        self.phases.heard(Trained())
        self.phases.asked(SendFrames((CFR,)))
        self.phases.heard(Trained())
        self.phases.heard(FrameHeard(EOP, good=False))
        self.phases.heard(FrameHeard(EOP, good=True))
        self.phases.asked(SendFrames((MCF,)))
        phases = [FaxPhase.NEGOTIATE, FaxPhase.TRAIN, FaxPhase.NEGOTIATE, FaxPhase.PAGE, FaxPhase.CONFIRM]
        self.assertEqual([phase for phase, _ in self.told], phases)
