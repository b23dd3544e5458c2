"""What agents' acts on faxes take, and what never gets as far as a fax."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.features.faxing.arguments import form, posting, telephone, telephone_or_address


class ArgumentTests(SynchronousTestCase):
    def test_posting(self) -> None:
        """A moment with its zone, an address, a text; no moment that clocks of other zones have no name for."""
        for value in ({}, {"at": ""}, {"at": "2026-03-02T18:00:00+08:00", "cover": "For you", "report_to": "li@shop"}):
            self.assertTrue(posting(value), value)
        for value in (
            {"at": "2026-03-02T18:00:00"},
            {"at": "9999-12-31T23:59:59-12:00"},
            {"cover": "x" * 2001},
            {"cover": 1},
            {"report_to": "li"},
            {"copies": "2"},
            [],
        ):
            self.assertFalse(posting(value), value)
        self.assertRaises(ValueError, posting, {"at": "tomorrow"})  # as good as False: see `Act`

    def test_others(self) -> None:
        """Digits and addresses, a page or all of it."""
        for value, fits in (("110", True), ("11", False), ("+8621", False), ("1" * 25, False), (110, False)):
            self.assertEqual((telephone(value), telephone_or_address(value)), (fits, fits), value)
        self.assertTrue(telephone_or_address("li@shop.example"))
        self.assertFalse(telephone_or_address("li@shop example"))
        for value, fits in (("pdf", True), ("1", True), ("100", True), ("0", False), ("101", False), ("png", False)):
            self.assertEqual(form(value), fits, value)
