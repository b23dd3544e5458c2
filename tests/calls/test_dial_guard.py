"""No digits leave a line unless a rule lets them."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.dial_guard import CHINA, DialClass, DialGuard, classify
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from tests.alarms import Alarms

EVERY_DIALLING_RIGHT = frozenset((Right.DIAL_LOCAL, Right.DIAL_NATIONAL, Right.DIAL_INTERNATIONAL))


class ClassesTests(SynchronousTestCase):
    def assert_class(self, expected: DialClass, *numbers: str) -> None:
        for number in numbers:
            self.assertEqual(classify(number, internal={"801", "8001"}), expected, number)

    def test_emergency(self) -> None:
        """Police, fire, ambulance, traffic accidents."""
        self.assert_class(DialClass.EMERGENCY, "110", "119", "120", "122")

    def test_internal(self) -> None:
        """Staff and group numbers of the shop."""
        self.assert_class(DialClass.INTERNAL, "801", "8001")

    def test_local(self) -> None:
        """Subscribers of the same area, services, 400 and 800."""
        self.assert_class(DialClass.LOCAL, "62345678", "2345678", "10086", "10010", "12345", "95588", "9688888", "114")
        self.assert_class(DialClass.LOCAL, "4008123123", "8008100000")

    def test_national(self) -> None:
        """Other areas and mobiles, with 0 or without."""
        self.assert_class(
            DialClass.NATIONAL, "01062345678", "02062345678", "07552345678", "013912345678", "13912345678"
        )

    def test_international(self) -> None:
        """Everything behind 00, Hong Kong, Macao and Taiwan too."""
        self.assert_class(DialClass.INTERNATIONAL, "0014155550123", "0085223456789", "0085328345678", "00886223456789")

    def test_carrier_prefix_does_not_hide_the_world(self) -> None:
        """Behind a carrier's prefix the rest counts, however often prefixes are put in front."""
        for prefix in ("17951", "17909", "19300", "10193", "12593", "11808", "1795117909"):
            self.assert_class(DialClass.INTERNATIONAL, prefix + "0014155550123")
            self.assert_class(DialClass.NATIONAL, prefix + "01062345678", prefix + "13912345678")
            self.assert_class(DialClass.LOCAL, prefix + "62345678")
            self.assert_class(DialClass.REFUSED, prefix, prefix + "16812345")

    def test_carrier_prefix_before_an_emergency_number(self) -> None:
        """Only the number itself is an emergency: behind a prefix it is refused; an internal one is not internal."""
        for prefix in ("17951", "17909", "19300", "10193", "12593", "11808", "1795117909"):
            self.assert_class(DialClass.REFUSED, prefix + "110", prefix + "119", prefix + "120", prefix + "122")
            self.assertIs(classify(f"9{prefix}110", prefix="9"), DialClass.REFUSED)
        self.assert_class(DialClass.REFUSED, "17951801")

    def test_a_prefix_that_is_also_a_mobile(self) -> None:
        """193 begins mobiles and a carrier's prefix: such a number is never taken for local, and 00 in it counts."""
        self.assert_class(DialClass.NATIONAL, "19312345678")
        self.assert_class(DialClass.INTERNATIONAL, "19312001415")

    def test_premium(self) -> None:
        """Paid information is refused, also with a 0 in front; so is what the shop lists."""
        self.assert_class(DialClass.REFUSED, "16812345", "1601234", "016812345", "168", "16888888888")
        self.assertEqual(classify("95013888", premium=("95013",)), DialClass.REFUSED)
        self.assertEqual(classify("1795195013888", premium=("95013",)), DialClass.REFUSED)

    def test_home_mobiles(self) -> None:
        """Mobiles of the shop's own area may count as local."""
        self.assertEqual(classify("13912345678", home_mobiles=("1391234",)), DialClass.LOCAL)
        self.assertEqual(classify("13912445678", home_mobiles=("1391234",)), DialClass.NATIONAL)

    def test_codes(self) -> None:
        """* and # are orders to the exchange: *57*number would forward every call of the shop."""
        self.assert_class(DialClass.REFUSED, "*57*62345678#", "62345678#", "#", "110#", "*110")

    def test_everything_else(self) -> None:
        """Default deny: odd lengths, foreign digits, letters and pauses."""
        self.assert_class(DialClass.REFUSED, "", "1", "0", "00", "999999", "6234567890", "62345678,", "W62345678")
        self.assert_class(DialClass.REFUSED, "62345678\n", " 62345678", "６２３４５６７８", "+8613912345678", "0" * 25)

    @given(st.text(alphabet="0123456789*#,;!@W \n", max_size=30))
    def test_only_digits_ever_pass(self, number: str) -> None:
        """Whatever is not refused is digits alone."""
        if classify(number) is not DialClass.REFUSED:
            self.assertRegex(number, r"\A[0-9]{1,24}\Z")

    @given(st.from_regex(r"\A00[1-9][0-9]{6,12}\Z"), st.lists(st.sampled_from(["17951", "10193", "12593", "11808"])))
    def test_no_prefix_makes_the_world_cheaper(self, number: str, prefixes: list[str]) -> None:
        """No chain of carrier prefixes lowers an international number's class."""
        self.assertGreaterEqual(classify("".join(prefixes) + number), DialClass.INTERNATIONAL)


class DialGuardTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.alarms = Alarms()
        self.guard = DialGuard(partial(classify, plan=CHINA, internal={"801"}), self.alarms)

    def refusal(self, number: str, *rights: Right, now_s: float = 0.0) -> Refused:
        return self.assertRaises(Refused, self.guard.may_dial, "801", rights, number, now_s)

    def test_emergency_needs_no_right(self) -> None:
        """Anybody may call the ambulance."""
        permit = self.guard.may_dial("nobody", (), "120", 0.0)
        self.assertEqual((permit.digits, permit.asked_by), ("120", "nobody"))

    def test_no_setting_calls_for_help(self) -> None:
        """An office or a queue whose number is an emergency number, however it came there, is not dialled."""
        refused = self.assertRaises(Refused, self.guard.may_dial, "nobody", Right, "110", 0.0, {"110"})
        self.assertEqual(refused.code, Refusal.BAD_ARGUMENT)

    def test_each_class_needs_its_own_right(self) -> None:
        """No right implies another."""
        for number, right in (
            ("62345678", Right.DIAL_LOCAL),
            ("01062345678", Right.DIAL_NATIONAL),
            ("0014155550123", Right.DIAL_INTERNATIONAL),
        ):
            self.assertEqual(self.guard.may_dial("801", {right}, number, 0.0).digits, number)
            refused = self.refusal(number, *(EVERY_DIALLING_RIGHT - {right}), Right.SUPERVISOR)
            self.assertEqual((refused.code, refused.detail), (Refusal.NO_RIGHT, str(int(right))))

    def test_all_rights_do_not_open_what_is_refused(self) -> None:
        """Codes, premium numbers and nonsense have no right that lets them out; internal numbers need no line."""
        for number in ("*57*62345678#", "16812345", "999999", "", "801"):
            self.assertEqual(self.refusal(number, *Right).code, Refusal.BAD_ARGUMENT, number)

    def test_a_person_refused_again_and_again(self) -> None:
        """Ten refusals within an hour are told once; ten in two hours are not."""
        for minute in range(15):
            self.refusal("0014155550123", now_s=60.0 * minute)
        self.assertEqual(self.alarms, ["801 was refused 10 numbers within an hour"])
        for tenth in range(10):
            self.refusal("0014155550123", now_s=10_000 + 720.0 * tenth)
        self.assertEqual(len(self.alarms), 1)
