"""Which modems can serve a line, as what, and what the others are told."""

import contextlib
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.config import COUNTRIES
from callserver.dsp.codecs import A_LAW, LINEAR_16, MU_LAW, UNSIGNED_8
from callserver.modem import commands
from callserver.modem.profiles import (
    CONEXANT,
    LUCENT,
    SILICON_LABS,
    STANDARD,
    USR,
    Answers,
    Declined,
    demand_voice,
    judge,
)

CX = Answers(
    identity=["56000", "CX93001-EIS_V0.2002-V92", "+GMI: CONEXANT"],
    classes=["0,1,1.0,8"],
    codecs=['1,"UNSIGNED PCM",8,0,8000,0,0', '129,"IMA ADPCM",4,0,8000,0,0', '140,"2 Bit ADPCM",2,0,8000,0,0'],
    connections=['0,"",B0,B0,B0', '1,"T",0B8018E00,0B8018E00,0B8018E00', '2,"L",0,0,0'],
    duplex=True,
)


class JudgeTests(SynchronousTestCase):
    def test_conexant(self) -> None:
        """ATI0 says 56000 as old Rockwells do; the rest makes it a Conexant with 8-bit sound and fax class 1."""
        modem = judge(CX)
        self.assertEqual((modem.profile, modem.codec, modem.codec_number), (CONEXANT, UNSIGNED_8, 1))
        self.assertEqual((modem.off_hook_label, modem.fax_class_1), (1, True))

    def test_classes_are_a_list(self) -> None:
        """1.0 is not 1, and 8.0 is not 8."""
        self.assertFalse(judge(replace(CX, classes=["+FCLASS: (0,1.0,8)"])).fax_class_1)
        with self.assertRaises(Declined):
            demand_voice(["0,1,1.0,8.0"], [])
        demand_voice(["+FCLASS: (0,1,8)"], [])

    def test_families(self) -> None:
        """One profile a family, by the codec table more than by ATI."""
        tables = {
            USR: ['128,"8-BIT LINEAR",8,0,(7200,8000),(0),(0)', '129,"ADPCM",4,0,(7200,8000),(0),(0)'],
            LUCENT: ['128,"8 BIT LINEAR",8,0,(7200,8000,11025)', '129,"16 BIT LINEAR",16,0,(7200,8000,11025)'],
            SILICON_LABS: [f'{n},"{name}",{bits},0,8000,0,0' for n, name, bits in
                           ((0, "SIGNED PCM", 8), (1, "UNSIGNED PCM", 8), (4, "U-LAW", 8), (5, "A-LAW", 8))],
            STANDARD: ['+VSM: 1,"UNSIGNED PCM",8,0,(8000),(0),(0)'],
        }  # fmt: skip
        for profile, codecs in tables.items():
            self.assertEqual(judge(replace(CX, identity=["56000"], codecs=codecs)).profile, profile)

    def test_best_codec_at_8000(self) -> None:
        """G.711 before 16-bit linear before 8-bit unsigned; other rates, signed 8 bit and ADPCM are not for us."""
        mu_law, a_law = '131,"ULAW",8,0,(7200,8000)', '132,"ALAW",8,0,(7200,8000)'
        linear, slow_mu_law = '133,"LINEAR",16,0,(7200-11025)', '134,"ULAW",8,0,(7200)'
        signed = '0,"SIGNED PCM",8,0,8000'
        for offered, codec, number in (
            ([a_law, mu_law], MU_LAW, 131),
            ([signed, linear, a_law], A_LAW, 132),
            ([slow_mu_law, linear], LINEAR_16, 133),
            ([slow_mu_law], UNSIGNED_8, 1),
        ):
            modem = judge(replace(CX, codecs=[*CX.codecs, *offered]))
            self.assertEqual((modem.codec, modem.codec_number), (codec, number))

    def test_lists_of_real_modems(self) -> None:
        """With and without bits, timing, quotes and brackets: what real modems answer to AT+VSM=?."""
        for lines, codec, number in (
            (['128,"8-BIT LINEAR",(7200,8000,11025)'], UNSIGNED_8, 128),
            (['128,"8-BIT LINEAR",(7200,8000,11025)', '129,"16-BIT LINEAR",(7200,8000,11025)'], LINEAR_16, 129),
            (["1,UNSIGNED PCM,8,0,8000,0,0"], UNSIGNED_8, 1),
            (['1,"8-BIT UNSIGNED",(8000)'], UNSIGNED_8, 1),
            (["+VSM: 4,G711U,8,0,8000,0,0"], MU_LAW, 4),
            (['5,"G.711 A-Law",(8000)'], A_LAW, 5),
            (["5,G711A,(8000)", "4,G711U,(8000)"], MU_LAW, 4),
            (['4,"MU-LAW"', '5,"A-LAW"'], MU_LAW, 4),
            (['+VSM:1,"UNSIGNED PCM"'], UNSIGNED_8, 1),
            (['(0,"SIGNED PCM",8,0,(8000),(0),(0)),(1,"UNSIGNED PCM",8,0,(7200,8000),(0),(0))'], UNSIGNED_8, 1),
            (['+VSM: (128,"8-BIT LINEAR",8,0,(7200,8000)),(131,"ULAW",8,0,(7200,8000))'], MU_LAW, 131),
            (["1;CELP;4;0;(9600)", "130;UNSIGNED PCM;8;0;(8000)"], UNSIGNED_8, 130),
            (['  130 , "UNSIGNED PCM" , 8 , 0 , 8000 , 0 , 0'], UNSIGNED_8, 130),
            (['128,"8 BIT LINEAR",8,0,(7200,8000,11025)', '132,"4 BIT",4,0,(8000)'], UNSIGNED_8, 128),
            (['133,"LINEAR",16,0,(7200-11025)', '132,"ALAW",8,0,(7200-11025)'], A_LAW, 132),
        ):
            modem = judge(replace(CX, codecs=lines))
            self.assertEqual((modem.codec, modem.codec_number), (codec, number), lines)

    def test_lists_without_a_codec_of_ours(self) -> None:
        """What we cannot speak is not taken for something else, however it is written."""
        for lines in (
            [],
            [""],
            ["OK"],
            ['0,"SIGNED PCM",8,0,8000'],
            ['128,"8-BIT SIGNED LINEAR",(8000)'],
            ['128,"8-BIT LINEAR",(7200,11025)'],
            ['129,"IMA ADPCM",4,0,8000,0,0'],
            ["2;ADPCM;2;0;(9600)"],
            ['200,"LINEAR",(8000)'],
            ['1,"UNSIGNED PCM",16,0,(4800-11025)'],
            ["1,", ",,,", "(((", '"', '1,"', "99999999999999999999,x,y"],
        ):
            with self.assertRaises(Declined):
                judge(replace(CX, codecs=lines))

    @given(st.lists(st.text(alphabet='0123456789,;"()- :ABGLNUWabit+VSM', max_size=60), max_size=4))
    def test_any_list(self, lines: list[str]) -> None:
        """Whatever stands there, a modem is served or declined."""
        with contextlib.suppress(Declined):
            judge(replace(CX, codecs=lines))

    def test_codec_that_the_port_carries(self) -> None:
        """16 bits a sample do not get through a wire of 115,200 bit/s: 8 bits do, and if there are none, it is said."""
        linear = '129,"16 BIT LINEAR",16,0,(7200,8000,11025)'
        self.assertEqual(judge(replace(CX, codecs=[*CX.codecs, linear])).codec, LINEAR_16)
        self.assertEqual(judge(replace(CX, codecs=[*CX.codecs, linear]), bytes_per_s=11520).codec, UNSIGNED_8)
        with self.assertRaises(Declined) as refused:
            judge(replace(CX, codecs=[linear]), bytes_per_s=11520)
        self.assertIn("too slow", str(refused.exception))

    def test_16_bit_unsigned_is_not_taken_for_8(self) -> None:
        """The chip whose number 1 is 16 bits wide is not served as 8-bit unsigned."""
        with self.assertRaises(Declined) as refused:
            judge(replace(CX, codecs=['1,"UNSIGNED PCM",16,0,(4800-11025)', "1;CELP;4;0;(9600)"]))
        self.assertIn("UNSIGNED PCM 16 bit", str(refused.exception))

    def test_older_label(self) -> None:
        """A unit of the older standard goes off hook with another label."""
        self.assertEqual(judge(replace(CX, connections=['0,"",0', '1,"LT",0', '2,"T",0'])).off_hook_label, 2)
        self.assertEqual(judge(replace(CX, connections=[])).off_hook_label, 1)

    def test_declined_in_words(self) -> None:
        """Old '#V' modems, modems without voice and half-duplex ones are named for what they are."""
        for refuse, words in (
            (lambda: demand_voice(["0,1,2"], ["0,1,2,8"]), "'#V'"),
            (lambda: demand_voice(["0,1,2"], []), "no voice"),
            (lambda: judge(replace(CX, duplex=False)), "cannot hear while it speaks"),
        ):
            with self.assertRaises(Declined) as refused:
                refuse()
            self.assertIn(words, str(refused.exception))


class CommandTests(SynchronousTestCase):
    def test_dial(self) -> None:
        """Digits and nothing else, and back to command state to listen."""
        self.assertEqual(commands.dial("01062345678"), "ATDT01062345678;")
        for number in ("", "1 2", "1;", "*57*1", "#1", "1,2", "W1", "1\r", "１", "1" * 33):
            with self.assertRaises(ValueError):
                commands.dial(number)

    def test_every_country_of_the_configuration(self) -> None:
        """A modem can be set for each country that config.ini may name."""
        for code in COUNTRIES:
            self.assertRegex(commands.country(code), r"AT\+GCI=[0-9A-F]{2}$")

    def test_rescue_before_everything(self) -> None:
        """What frees a modem from any stream holds all three ends and a line end for a half-typed command."""
        self.assertEqual(commands.RESCUE, b"\x10\x03\x10!\x10^\r")
