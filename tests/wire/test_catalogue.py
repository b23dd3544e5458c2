"""What the code says is said in every language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from twisted.trial.unittest import SynchronousTestCase

from callserver.config import ConfigError, Unfit, read_config
from callserver.wire import catalogue
from callserver.wire.catalogue import FOLDER, PLACEHOLDER, Complaint, fill, known, plural, text, told
from tools.catalogue import SOURCES, keywords, read, sentences

CHINESE = FOLDER / "zh" / "LC_MESSAGES" / "callserver.po"
SENTENCE_AT = {name: places[0] for name, places in keywords().items() if name not in ("N_", "Phrase")}


def all_of(words: object) -> tuple[str, ...]:
    return tuple(words) if isinstance(words, (tuple, list)) else (str(words or ""),)


def placeholders(sentence: str) -> set[str]:
    return set(PLACEHOLDER.findall(sentence))


class CompleteTests(SynchronousTestCase):
    def test_every_sentence_is_translated(self) -> None:
        """All that the code says has Chinese words, none of them doubtful, and nothing is left of what it said once."""
        said, translated = sentences(), read(CHINESE)
        identities = {message.id for message in said if message.id}
        self.assertEqual([message.id for message in translated if wants_words(message)], [], "without Chinese")
        known_ids = {message.id for message in translated if message.id}
        self.assertEqual(identities - known_ids, set(), "run python -m tools.catalogue, and translate")
        self.assertEqual(known_ids - identities, set(), "no longer said: run python -m tools.catalogue")

    def test_same_details(self) -> None:
        """A translation has the same details as the English sentence."""
        for message in read(CHINESE):
            if message.id:
                self.assertEqual(
                    self.details_of(all_of(message.id)), self.details_of(all_of(message.string)), message.id
                )

    def details_of(self, forms: tuple[str, ...]) -> set[str]:
        return set().union(*map(placeholders, forms))

    def test_details_are_given(self) -> None:
        """Where the code says a sentence, it gives the details that the sentence has, and no other."""
        n_checked = 0
        for file in sorted(SOURCES.rglob("*.py")):
            for sentence, given in spoken_in(file):
                self.assertEqual(placeholders(sentence), given, f"{file.name}: {sentence}")
                n_checked += 1
        self.assertGreater(n_checked, 5)

    def test_complaints_are_found(self) -> None:
        """What a kind of complaint says is collected for translation, also that of a kind of that kind."""
        folder = Path(self.mktemp())
        folder.mkdir()
        (folder / "base.py").write_text("class LineOut(Complaint): ...\nclass Deaf(LineOut): ...\n", "utf-8")
        (folder / "line.py").write_text(
            'raise Deaf("{line} is deaf", line=1)\nraise Deafening("no sentence")\n', "utf-8"
        )
        self.assertEqual([message.id for message in sentences(folder) if message.id], ["{line} is deaf"])

    def test_no_chinese_in_the_code(self) -> None:
        """Chinese for people is in the catalogue: the code has it in comments and docstrings at most."""
        spoken = SOURCES / "media" / "kokoro.py"  # its Chinese is a part of the voice
        for file in sorted({*SOURCES.rglob("*.py")} - {spoken}):
            held = [one for one in strings_in(file) if re.search("[\u4e00-\u9fff]", one)]
            self.assertEqual(held, [], file)

    def test_one_word_for_one_thing(self) -> None:
        """A queue is 队列, to be in one is 排队, a span of time is 等待: no sentence has other words for them."""
        self.assertEqual((text("zh", "queue"), text("zh", "queue {name}", name="tea")), ("队列", "队列 tea"))
        for message in read(CHINESE):
            for words in all_of(message.string):
                self.assertIsNone(re.search("等候|排队队列|在排队 ?[{]", words), words)

    def test_old_sentences(self) -> None:
        """The file keeps nothing that was said once."""
        self.assertNotIn("#~", CHINESE.read_text("utf-8"))


def wants_words(message: Message) -> bool:
    """Whether there is no translation, or a doubtful one."""
    return bool(message.id) and (message.fuzzy or not all(all_of(message.string)))


def strings_in(file: Path) -> Iterator[str]:
    """All texts of a module but its docstrings."""
    tree = ast.parse(file.read_text("utf-8"))
    documented = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    documents = {ast.get_docstring(node, clean=False) for node in documented}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in documents:
            yield node.value


def spoken_in(file: Path) -> Iterator[tuple[str, set[str]]]:
    """The sentences said with their details at once."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        name = getattr(getattr(node, "func", None), "id", None)
        yield from marked_in(node)
        if not isinstance(node, ast.Call) or name not in SENTENCE_AT or len(node.args) <= SENTENCE_AT[name]:
            continue
        said, names = node.args[SENTENCE_AT[name]], {keyword.arg for keyword in node.keywords}
        names |= {"n"} if name == "plural" else set()
        if isinstance(said, ast.Constant) and isinstance(said.value, str) and None not in names:
            yield said.value, {str(one) for one in names}


def marked_in(call: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """The sentences handed over with their details, as an alarm is: `alarm(N_("..."), channel, problem=problem)`."""
    names = {str(keyword.arg) for keyword in call.keywords} if isinstance(call, ast.Call) else set()
    for given in call.args if isinstance(call, ast.Call) and names else ():
        if isinstance(given, ast.Call) and getattr(given.func, "id", None) == "N_":
            said = given.args[0]
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                yield said.value, names


class TextTests(SynchronousTestCase):
    def test_two_languages(self) -> None:
        """English as it stands in the code, Chinese from the catalogue, with the same details."""
        said = [text(language, "not allowed: {detail}", detail="x") for language in ("en", "zh")]
        self.assertEqual(said, ["not allowed: x", "没有权限：x"])

    def test_unknown(self) -> None:
        """A sentence or a language that there is not is English as it came; nothing at all is nothing."""
        self.assertEqual(text("zh", "never said: {a}", a=1), "never said: 1")
        self.assertEqual(text("../../etc", "not allowed: {detail}", detail=1), "not allowed: 1")
        self.assertEqual(known("zh", ""), "")

    def test_plural(self) -> None:
        """One second, two seconds; 秒 in both cases."""
        forms = "queue {queue}, waited {n} second", "queue {queue}, waited {n} seconds"
        said = [plural(language, *forms, n, queue="q") for language in ("en", "zh") for n in (1, 2)]
        self.assertEqual(
            said,
            ["queue q, waited 1 second", "queue q, waited 2 seconds", "队列 q，已等待 1 秒", "队列 q，已等待 2 秒"],
        )

    def test_details(self) -> None:
        """Money in yuan, words in the language, names in the language if there are two; what is missing is left out."""
        details = {"price_fen": 9905, "state_word": "shipped", "name_zh": "蜂蜜", "name_en": "honey", "none": None}
        said = [fill(language, "{price_fen} {state_word} {name}{none}{gone}.", details) for language in ("zh", "en")]
        self.assertEqual(said, ["99.05 已发货 蜂蜜.", "99.05 shipped honey."])

    def test_complaints(self) -> None:
        """What went wrong is told in any language, also when one complaint is a detail of another."""
        inner = Unfit("needs a number from {low} to {high}", low=1, high="1e3")
        outer = Complaint("{file}: {problem}", file="a{b}.ini", problem=inner)
        self.assertEqual(str(outer), "a{b}.ini: needs a number from 1 to 1e3")
        self.assertEqual(told(outer, "zh"), "a{b}.ini：需要 1 到 1e3 的数")
        self.assertEqual(told(OSError("disk {full}"), "zh"), "disk {full}")
        self.assertEqual(told(Complaint("as it {came}"), "zh"), "as it {came}")

    def test_settings(self) -> None:
        """A mistake in config.ini is told to the admin in his language, with its place and what would be right."""
        file = Path(self.mktemp())
        file.write_text("[recording]\nannounce = yes\n[agents]\nprot = 1\n", "utf-8")
        problem = self.assertRaises(ConfigError, read_config, file, {})
        self.assertEqual(str(problem), f"{file}, line 4: [agents] prot: no such setting; did you mean 'port'?")
        self.assertEqual(told(problem, "zh"), f"{file}，第 4 行：[agents] prot：没有这项设置；是否指 'port'？")

    def test_money(self) -> None:
        """Two places, never a float."""
        amounts = [catalogue.yuan(fen) for fen in (0, 5, 100, -250, 123456789)]
        self.assertEqual(amounts, ["0.00", "0.05", "1.00", "-2.50", "1234567.89"])

    def test_another_catalogue(self) -> None:
        """A file for English says it in other words than the code, if somebody wants that."""
        folder = Path(self.mktemp())
        file = folder / "en" / "LC_MESSAGES" / "callserver.po"
        file.parent.mkdir(parents=True)
        file.write_text('msgid "paid"\nmsgstr "settled"\n', "utf-8")
        self.patch(catalogue, "FOLDER", folder)
        catalogue._translations.cache_clear()
        self.addCleanup(catalogue._translations.cache_clear)
        self.assertEqual((text("en", "paid"), text("en", "packed"), text("zh", "paid")), ("settled", "packed", "paid"))
