"""What the prompts' benchmark takes for right: the same words, in whatever signs a recogniser writes them."""

from twisted.trial.unittest import SynchronousTestCase

from benchmarks.transcripts import digits_of, english_words, errors, mandarin_signs


class TranscriptTests(SynchronousTestCase):
    def test_same_words(self) -> None:
        """Figures, characters and words for the same number are the same; punctuation is nothing."""
        self.assertEqual(digits_of("幺三八，零零要。"), "138001")
        self.assertEqual(digits_of("One, three 8 zero"), "1380")
        self.assertEqual(mandarin_signs("一共是 1,025.5元。"), mandarin_signs("一共是一千零二十五元五角"))
        self.assertEqual(mandarin_signs("订购请按1"), list("订购请按一"))
        self.assertEqual(mandarin_signs("2027年10月5号"), mandarin_signs("二零二七年十月五号"))
        self.assertEqual(mandarin_signs("两元零五分"), mandarin_signs("2.05元"))
        self.assertEqual(english_words("It's $25, on March 3rd."), ["its", "twenty", "five", "on", "march", "third"])

    def test_english_dates_and_times(self) -> None:
        """A year after a day is said as one says years; p.m. and PM are one."""
        self.assertEqual(english_words("March 5th, 2027"), english_words("March fifth twenty twenty seven"))
        self.assertEqual(english_words("6.31 p.m."), english_words("six thirty one PM"))
        self.assertEqual(english_words("2027 yuan")[0], "two")

    def test_errors(self) -> None:
        """Edits as a share of what was said, never more than all of it."""
        self.assertEqual(errors("1234", "1234"), 0.0)
        self.assertEqual(errors("1234", "134"), 0.25)
        self.assertEqual(errors("1234", "1239499999999999"), 1.0)
        self.assertEqual(errors("1234", ""), 1.0)

    def test_after_lead(self) -> None:
        """The sentence that leads to a number is not judged, what comes after the number is."""
        self.assertEqual(errors("1234", "001234", after_lead=True), 0.0)
        self.assertEqual(errors("1234", "1134", after_lead=True), 0.25)
        self.assertEqual(errors("1234", "12345", after_lead=True), 0.25)
