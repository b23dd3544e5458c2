"""The reader of translators' catalogues."""

from gettext import GNUTranslations
from io import BytesIO
from unittest import TestCase

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from callserver.wire.catalogue import FOLDER
from callserver.wire.po_file import PoFile

CHINESE = FOLDER / "zh" / "LC_MESSAGES" / "callserver.po"
POLISH = r"""
msgid ""
msgstr ""
"Language: pl\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2);\n"

#, python-brace-format
msgid "{n} call"
msgid_plural "{n} calls"
msgstr[0] "{n} połączenie"
msgstr[1] "{n} połączenia"
msgstr[2] "{n} połączeń"

msgid "long"
msgstr ""
"two \"lines\",\n"
"a \\n and a tab\t"

#, fuzzy
msgid "paid"
msgstr "a guess"

msgid "packed"
msgstr ""

#~ msgid "gone"
#~ msgstr "dawno"
"""


class PoFileTests(TestCase):
    def test_as_babel(self) -> None:
        """Every Chinese sentence is what babel, which writes the file, reads in it."""
        compiled = BytesIO()
        with CHINESE.open("rb") as source:
            catalog = read_po(source)
        write_mo(compiled, catalog)
        compiled.seek(0)
        babels, ours = GNUTranslations(compiled), PoFile.read(CHINESE)
        for message in catalog:
            if isinstance(message.id, tuple):
                for n in (1, 2):
                    self.assertEqual(ours.ngettext(*message.id, n), babels.ngettext(*message.id, n))
            elif message.id:
                self.assertEqual(ours.gettext(message.id), babels.gettext(message.id))

    def test_plurals(self) -> None:
        """A language chooses among its forms by its own rule; without a catalogue it is one, or many."""
        polish, none = PoFile(POLISH), PoFile()
        said = [polish.ngettext("{n} call", "{n} calls", n) for n in (1, 3, 5)]
        self.assertEqual(said, ["{n} połączenie", "{n} połączenia", "{n} połączeń"])
        self.assertEqual([none.ngettext("call", "calls", n) for n in (0, 1, 2)], ["calls", "call", "calls"])

    def test_lines(self) -> None:
        """Quotes, line ends and backslashes are what was meant, with the line ends of Windows too."""
        for source in (POLISH, POLISH.replace("\n", "\r\n")):
            self.assertEqual(PoFile(source).gettext("long"), 'two "lines",\na \\n and a tab\t')

    def test_not_said(self) -> None:
        """A program's guess, an empty translation and what is no longer used are not shown, nor the file's head."""
        polish = PoFile(POLISH)
        for msgid in ("paid", "packed", "gone", ""):
            self.assertEqual(polish.gettext(msgid), msgid)
