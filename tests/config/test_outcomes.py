"""What talks can come to, as a shop writes it in config.ini."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.config.outcomes import TalkOutcome, read_outcomes

USUAL = "1 成交/Sold, 2 咨询/Enquiry, 3! 投诉/Complaint, 4 其他/Other"


class OutcomesTests(SynchronousTestCase):
    def test_usual(self) -> None:
        """Four, one of which keeps the recording; written again they are the same."""
        found = read_outcomes(USUAL)
        self.assertEqual([one.code for one in found if one.protects], [3])
        self.assertEqual(", ".join(map(str, found)), USUAL)

    def test_own(self) -> None:
        """In the order of their digits, however they are written; none from nothing."""
        found = read_outcomes("2! 退货/Return , 1 成交 / Sold")
        self.assertEqual(found, (TalkOutcome(1, "成交", "Sold"), TalkOutcome(2, "退货", "Return", True)))
        self.assertEqual(read_outcomes(""), ())

    def test_wrong(self) -> None:
        """No digit, one twice, one language alone: the part that is wrong is named."""
        for wrong in ("Sold", "10 成交/Sold", "1 成交", "1 /Sold", "2 a/b/c", "1 a/b, 1 c/d"):
            said = str(self.assertRaises(ValueError, read_outcomes, wrong))
            self.assertIn(said, wrong)
