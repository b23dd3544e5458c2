"""`callserver prompts`: what an admin does with what callers hear, without the server and without programming."""

import json
import os
import shutil
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import soundfile
from click.testing import CliRunner, Result
from scipy.signal import resample_poly
from twisted.trial.unittest import SynchronousTestCase

from callserver.commands.prompts import prompts
from callserver.dsp.frames import RATE_HZ
from callserver.dsp.sound.files import read_wav, write_wav
from callserver.dsp.tones import dtmf
from callserver.ivr.prompts import FOLDER
from callserver.media.speech import NATURAL, kept_file
from callserver.server.shop_folder import ShopFolder
from callserver.wire.cells import cells
from tests.server.virtual_server import VirtualServer

GREETING = read_wav(FOLDER / "en" / "welcome.wav")
FRONT = """
[menu]
[choice main]
zh = 订货请按1，人工请按0。
en = Orders 1, a person 0.
press 1 = plugin shop
press 0 = person
"""


class PromptsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = Path(self.mktemp())
        folder = ShopFolder(self.shop)
        folder.prepare()
        (self.shop / "plugins").mkdir(exist_ok=True)
        (self.shop / "plugins" / "front.ini").write_text(FRONT, "utf-8")

    def run_(self, *words: object, catch: bool = False) -> Result:
        typed = [*map(str, words), "--shop", str(self.shop)]
        return CliRunner(env={"CALLSERVER_LANGUAGE": "en"}).invoke(prompts, typed, catch_exceptions=catch)

    def said(self, *words: object) -> str:
        result = self.run_(*words)
        self.assertEqual(result.exit_code, 0, result.output)
        return result.output

    def refused(self, *words: object) -> str:
        result = self.run_(*words)
        self.assertEqual(result.exit_code, 1, result.output)
        return result.output

    def listed(self, *words: object) -> dict[tuple[str, str], dict[str, object]]:
        return {(one["name"], one["language"]): one for one in json.loads(self.said("list", "--json", *words))}

    def file(self, kind: str, *, rate_hz: int = 44_100, n_channels: int = 2) -> Path:
        """The greeting, as a studio gives it."""
        path = self.shop / f"announcer.{kind}"
        sound = resample_poly(GREETING, rate_hz // 100, RATE_HZ // 100)
        soundfile.write(path, np.stack([sound] * n_channels, axis=1), rate_hz)
        return path

    def test_prompt_of_a_menu(self) -> None:
        """A recording that only the shop has stays while a menu plays it; the menu and its line are named."""
        self.said("upload", "welcome", self.file("flac"), "--in", "en")
        (self.shop / "prompts" / "zh").mkdir(exist_ok=True)
        for language in ("zh", "en"):
            write_wav(self.shop / "prompts" / language / "our-news.wav", GREETING)
            words = '[sentences]\nour-news = "News"\n'
            (self.shop / "prompts" / language / "catalogue.toml").write_text(words, "utf-8")
        plays = (
            FRONT.replace("press 1 = plugin shop", "press 1 = news")
            + "[say news]\nplay = our-news welcome\nthen = hangup\n"
        )
        (self.shop / "plugins" / "front.ini").write_text(plays, "utf-8")
        result = self.run_("revert", "our-news", "--in", "en", "--to", "0", catch=True)
        self.assertIn(
            "prompt our-news is named by front.ini:8: change that first", result.output + str(result.exception)
        )
        self.assertTrue((self.shop / "prompts" / "en" / "our-news.wav").exists())
        self.said("revert", "welcome", "--in", "en")  # the server has its own
        (self.shop / "plugins" / "front.ini").unlink()
        self.said("revert", "our-news", "--in", "en")

    def test_bad_tag(self) -> None:
        """An MP3 with a tag that its library grumbles about is taken without a word of that library."""
        file = self.file("mp3")
        frame = b"COMM" + (4).to_bytes(4) + b"\0\0" + b"\3eng"
        file.write_bytes(b"ID3\3\0\0" + bytes((0, 0, 0, len(frame))) + frame + file.read_bytes())
        with TemporaryFile() as heard:
            kept = os.dup(2)
            os.dup2(heard.fileno(), 2)
            try:
                self.said("upload", "welcome", file, "--in", "en")
            finally:
                os.dup2(kept, 2)
                os.close(kept)
            heard.seek(0)
            self.assertEqual(heard.read(), b"")

    def test_any_file(self) -> None:
        """MP3, FLAC, Ogg, AIFF, stereo, 44.1 kHz: each becomes a prompt that calls read, one version after another."""
        for n, kind in enumerate(("mp3", "flac", "ogg", "aiff"), 1):
            self.assertIn(f"version {n}", self.said("upload", "welcome", self.file(kind), "--in", "en"))
            kept = read_wav(self.shop / "prompts" / "en" / "welcome.wav")
            self.assertApproximates(kept.size, GREETING.size, 0.3 * RATE_HZ)
        self.assertEqual(self.listed("--own").keys(), {("welcome", "en")})

    def test_no_sound(self) -> None:
        """A text, a file that is not there, a key in it: each says why, and changes nothing."""
        key = self.shop / "key.wav"
        write_wav(key, np.concatenate([GREETING, dtmf("5", on_ms=200), GREETING]))
        self.assertIn("cannot be read", self.refused("upload", "welcome", self.shop / "config.ini", "--in", "zh"))
        self.assertIn("no such file", self.refused("upload", "welcome", self.shop / "x.mp3", "--in", "zh"))
        self.assertIn("key 5", self.refused("upload", "welcome", key, "--in", "zh"))
        self.assertEqual(self.listed("--own"), {})

    def test_which(self) -> None:
        """A name that is none, and one that is said in two languages."""
        self.assertIn("no prompt 'welcom'", self.refused("play", "welcom"))
        self.assertIn("--in zh", self.refused("revert", "welcome"))

    def test_by_number(self) -> None:
        """A prompt is called by its number of the list as well."""
        number = self.listed()["welcome", "zh"]["number"]
        self.assertIn("welcome (zh): version 1", self.said("upload", number, self.file("wav"), "--in", "zh"))

    def test_taken_back(self) -> None:
        """One version back, and the server's own."""
        for _ in range(2):
            self.said("upload", "welcome", self.file("wav"), "--in", "zh")
        self.assertIn("version 1", self.said("revert", "welcome", "--in", "zh"))
        self.assertIn("server's own", self.said("revert", "welcome", "--in", "zh"))
        self.assertIn("none before", self.refused("revert", "welcome", "--in", "zh"))
        self.assertIn("version 2", self.said("revert", "welcome", "--in", "zh", "--to", 2))

    def test_played_to_a_file(self) -> None:
        """What callers hear, as a file."""
        target = self.shop / "heard.wav"
        self.said("play", "welcome", "--in", "en", "--to", target)
        self.assertTrue(np.array_equal(read_wav(target), GREETING))

    def test_no_player(self) -> None:
        """A computer without a program that plays sound says what to do."""
        self.patch(shutil, "which", lambda name: None)
        self.assertIn("write it into a file", self.refused("play", "welcome", "--in", "en"))

    def test_menu_sentences(self) -> None:
        """A sentence of a menu file is synthetic until it is recorded or said; a new text is synthetic again."""
        self.assertLessEqual({("front.main", "zh"), ("front.main", "en")}, self.listed("--synthetic").keys())
        self.assertIn("synthesiser", self.refused("play", "front.main", "--in", "zh"))
        self.said("upload", "front.main", self.file("wav"), "--in", "zh")
        write_wav(kept_file(self.shop / "spoken", NATURAL, "en", "Orders 1, a person 0."), GREETING)
        found = self.listed()
        self.assertEqual(found["front.main", "zh"]["said"], "shop")
        self.assertEqual(found["front.main", "en"]["said"], "natural")
        (self.shop / "plugins" / "front.ini").write_text(FRONT.replace("订货", "订购"), "utf-8")
        self.assertEqual(self.listed("--synthetic")["front.main", "zh"]["said"], "changed")

    def test_loudness(self) -> None:
        """All that came with the server is within 3 dB; one that was copied in by hand may not be."""
        self.assertEqual(self.said("loudness", "--off", "--all"), "")
        folder = self.shop / "prompts" / "en"
        folder.mkdir(parents=True)
        write_wav(folder / "welcome.wav", GREETING * np.float32(0.3))
        self.assertIn("differs by -10.5 dB", self.said("loudness", "--off"))

    def test_words_of_a_list(self) -> None:
        """A line for people: number, language, name, whose voice, what it says."""
        self.assertRegex(self.said("list", "--in", "en"), r"(?m)^ +\d+  en  goodbye +recorded\s+Thank you")

    def test_eighty_columns(self) -> None:
        """What is said is read to its end on a narrow terminal too."""
        lines = self.said("list").splitlines()
        self.assertLessEqual(max(map(cells, lines)), 80)
        self.assertIn(
            " ".join(self.listed()["press-1-next-order", "en"]["text"].split()), " ".join(" ".join(lines).split())
        )  # type: ignore[attr-defined]


class WithDatabaseTests(SynchronousTestCase):
    def test_names(self) -> None:
        """Names of goods, categories, carriers stand on the list of a shop that has been started."""
        path = Path(self.mktemp())
        VirtualServer(self, path).open().close()
        typed = ["list", "--in", "en", "--shop", str(path)]
        listed = CliRunner(env={"CALLSERVER_LANGUAGE": "en"}).invoke(prompts, typed, catch_exceptions=False).output
        for name, text in (("goods.1001", "Longjing green tea"), ("category.1", "tea"), ("carrier.sf", "SF Express")):
            self.assertRegex(listed, f"{name} +[a-z ]+  {text}")
