"""Callers' names in the character sets of their exchanges."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.caller_id.names import read_name


class NamesTests(SynchronousTestCase):
    def test_by_country(self) -> None:
        """Each country's own character set, and UTF-8 in every country."""
        for country, name, character_set in (
            ("cn", "王小明", "gb18030"),
            ("cn", "張㐂明", "gb18030"),
            ("sg", "陈", "gb18030"),
            ("tw", "陳大文", "big5"),
            ("hk", "陳大文", "big5hkscs"),
            ("jp", "鈴木", "cp932"),
            ("de", "Müller & Söhne", "latin-1"),
            ("fr", "Hélène", "latin-1"),
            ("es", "Núñez", "latin-1"),
            ("es", "JOSÉ", "latin-1"),
            ("fr", "René", "latin-1"),
            ("de", "Weiß", "latin-1"),
            ("gb", "O’Brien", "cp1252"),
            ("ru", "Иванов", "cp1251"),
            ("us", "SMITH JANE", "ascii"),
        ):
            for coded in (name.encode(character_set), name.encode("utf-8")):
                self.assertEqual(read_name(coded, country), name, (country, coded))

    def test_every_common_chinese_name(self) -> None:
        """A name of two common characters is never taken for something in UTF-8."""
        for first in "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗隆卤茅":
            for second in "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚隆卤":
                self.assertEqual(read_name((first + second).encode("gb18030"), "cn"), first + second)

    def test_half_a_character(self) -> None:
        """A name is cut after 15 bytes: what is left of the last character is not shown."""
        for country, character_set, name in (
            ("cn", "utf-8", "王小明李小红"), ("cn", "gb18030", "王小明李小红张小"), ("tw", "big5", "陳大文陳大文陳大"),
            ("de", "utf-8", "Käthe Müllerrü"),
        ):  # fmt: skip
            for n_bytes in range(1, len(name.encode(character_set))):
                shown = read_name(name.encode(character_set)[:n_bytes], country)
                self.assertTrue(name.startswith(shown), (country, n_bytes, shown))

    def test_western_names_in_china(self) -> None:
        """A foreigner's name in UTF-8 is read as such beside its Latin letters."""
        self.assertEqual(read_name("José".encode(), "cn"), "José")

    @given(st.binary(max_size=100), st.sampled_from(["cn", "tw", "hk", "jp", "de", "ru", "xx"]))
    def test_anything(self, raw: bytes, country: str) -> None:
        """Any bytes give a short name without control characters."""
        name = read_name(raw, country)
        self.assertLessEqual(len(name), 32)
        self.assertFalse([char for char in name if unicodedata.category(char).startswith("C")])
