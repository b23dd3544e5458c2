"""Prompts are found by name or by text, the shop's own first; what is wrong with one is said in one line."""

import re
import wave
from pathlib import Path

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import RATE_HZ, FloatArray, level_dbm0
from callserver.dsp.sound.files import write_wav
from callserver.ivr.prompt_files import PromptError
from callserver.ivr.prompts import CATALOGUE, FOLDER, SECTIONS, Catalogue, Prompts
from callserver.media.telephone_voice import ACTIVE_LEVEL_DBFS, PEAK_DBFS, active_level_dbfs, telephone_voice
from callserver.wire.catalogue import LANGUAGES, told
from tools import hold_music
from tools.render_prompts import PromptFolder

SHORT = np.full(80, 0.25, np.float32)
LONG = np.full(160, 0.5, np.float32)


class PromptFolderTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.ours, self.shop = Path(self.mktemp()), Path(self.mktemp())
        for folder in (self.ours, self.shop):
            for language in LANGUAGES:
                (folder / language).mkdir(parents=True)

    def prompts(self) -> Prompts:
        prompts = Prompts([self.shop, self.ours])
        prompts.load()
        return prompts

    def problem(self, pattern: str) -> None:
        """What an admin is told of these folders."""
        problems = [str(problem) for problem in self.prompts().problems]
        self.assertTrue([one for one in problems if re.search(pattern, one)], problems)

    def catalogue(self, language: str, text: str, folder: Path | None = None) -> None:
        (folder or self.ours).joinpath(language, CATALOGUE).write_text(text, "utf-8")

    def record(self, name: str, sound: FloatArray = SHORT, folder: Path | None = None) -> None:
        write_wav((folder or self.ours) / f"{name}.wav", sound)

    def test_shop_first(self) -> None:
        """A shop's own recording is heard instead of ours, the rest stays."""
        for name in ("zh/welcome", "zh/goodbye"):
            self.record(name)
        self.record("zh/welcome", LONG, self.shop)
        sounds = self.prompts().sounds("zh", "welcome", "goodbye", "welcome")
        self.assertEqual([sound.size for sound in sounds], [160, 80, 160])

    def test_own_prompt(self) -> None:
        """A recording that is in no catalogue is played by its file's name, which is all that is known of it."""
        self.record("en/spring-sale", LONG, self.shop)
        prompts = self.prompts()
        self.assertEqual(prompts.sounds("en", "spring-sale")[0].size, 160)
        self.assertEqual(prompts.text("en", "spring-sale"), "spring-sale")

    def test_name_by_text(self) -> None:
        """A product's name is found by its text, in its own language only, whatever the width of its signs."""
        self.catalogue("zh", '[names]\nhoney = "蜂蜜"\n')
        self.catalogue("zh", '[names]\nginger = "生姜　（ＶＩＰ）"\n', self.shop)
        self.record("zh/honey")
        self.record("zh/ginger", LONG, self.shop)
        prompts = self.prompts()
        for text, size in (("蜂蜜", 80), ("　蜂蜜　", 80), ("生姜 (VIP)", 160), ("生姜　（ＶＩＰ）", 160)):
            sound = prompts.named("zh", text)
            assert sound is not None
            self.assertEqual(sound.size, size)
        self.assertIsNone(prompts.named("zh", "honey"))
        self.assertIsNone(prompts.named("en", "蜂蜜"))

    def test_missing_translation(self) -> None:
        """What is recorded in one language only is heard in that one; a name is not, for the synthesiser can say it."""
        for language in LANGUAGES:
            self.catalogue(language, '[sentences]\nwelcome = "W"\n[names]\nhoney = "H"\n')
        for name in ("welcome", "honey"):
            self.record(f"zh/{name}")
        prompts = self.prompts()
        self.assertEqual(prompts.sounds("en", "welcome")[0].size, 80)
        self.assertIsNone(prompts.named("en", "H"))

    def test_never_recorded(self) -> None:
        """A prompt without any recording is found at the start, not in a call."""
        self.catalogue("en", '[sentences]\nwelcome = "Welcome"\n')
        self.problem("^no recording of welcome in en: run bin/render-prompts$")
        self.assertEqual(told(self.prompts().problems[0], "zh"), "welcome 没有 en 录音：请运行 bin/render-prompts")

    def test_capital_letters(self) -> None:
        """Files from other systems are found: capital letters, blanks, either way to write an accent."""
        for name, size in (("zh/Welcome", 80), ("zh/good bye ", 80), ("zh/cafe\u0301", 160)):
            self.record(name, SHORT if size == 80 else LONG, self.shop)
        (self.shop / "zh" / "Welcome.wav").rename(self.shop / "zh" / "Welcome.WAV")
        (self.shop / "zh").rename(self.shop / "ZH")
        sounds = self.prompts().sounds("zh", "welcome", "GOOD BYE", "café")
        self.assertEqual([sound.size for sound in sounds], [80, 80, 160])

    def test_what_computers_leave_behind(self) -> None:
        """Files that macOS, Windows and editors put beside recordings are no prompts and no mistakes."""
        self.record("zh/welcome", LONG, self.shop)
        for name in ("zh/._welcome.wav", "zh/.DS_Store", "zh/welcome.wav~", "zh/Thumbs.db", "._zh", "read me.txt"):
            (self.shop / name).write_bytes(b"\0\5\x16\7 no sound")
        prompts = self.prompts()
        self.assertEqual(prompts.sounds("zh", "welcome")[0].size, 160)
        self.assertEqual([str(one) for one in prompts.problems if str(self.shop) in str(one)], [])

    def test_what_nobody_hears(self) -> None:
        """What lies in the wrong place, or is no WAV, is told: nothing of the shop's is left out silently."""
        self.record("welcome", SHORT, self.shop)
        self.record("zh/welcome", SHORT, self.shop)
        self.record("zh/WELCOME", SHORT, self.shop)
        (self.shop / "zh" / "goodbye.mp3").write_bytes(b"ID3")
        (self.shop / "Chinese").mkdir()
        for said in (
            f"{self.shop}/welcome.wav: nobody hears it there; move it into the folder zh or en",
            f"{self.shop}/zh/welcome.wav is not used: WELCOME.wav has the same name",
            f"{self.shop}/zh/goodbye.mp3: is no WAV file; convert it to one (PCM)",
            f"{self.shop}/Chinese: the folders of the languages are called zh and en",
        ):
            self.problem(f"^{re.escape(said)}$")

    def test_names_nobody_asks_for(self) -> None:
        """A recording whose name is in no catalogue is listed: a menu of the shop's may play it, or it is misspelt."""
        self.catalogue("zh", '[sentences]\nwelcome = "W"\n')
        for name in ("zh/welcome", "zh/welcom"):
            self.record(name, SHORT, self.shop)
        self.assertEqual(self.prompts().unknown, [self.shop / "zh" / "welcom.wav"])

    def test_unknown(self) -> None:
        """A menu's misspelt prompt is named."""
        with self.assertRaisesRegex(PromptError, "no prompt 'welcom'"):
            self.prompts().sounds("zh", "welcom")

    def test_unreadable(self) -> None:
        """A file that is no sound is named, with what to do."""
        self.record("zh/welcome")
        path = self.ours / "zh" / "welcome.wav"
        for content in (b"", b"ID3 not a WAV file", path.read_bytes()[:44]):
            path.write_bytes(content)
            self.problem(f"^{re.escape(str(path))}: .*record it again")

    def test_ours_in_its_place(self) -> None:
        """A recording of the shop that cannot be played is told, and ours is heard: a telephone has to be answered."""
        self.record("zh/welcome")
        (self.shop / "zh" / "welcome.wav").write_bytes(b"no sound")
        (self.shop / "zh" / "pipe.wav").mkdir()
        prompts = self.prompts()
        self.assertEqual(prompts.sounds("zh", "welcome")[0].size, 80)
        self.problem("welcome.wav: is no WAV file")
        self.problem("pipe.wav: is no file")

    def test_music(self) -> None:
        """The shop's own music if it can be played, else ours; without any, callers wait in silence and it is told."""
        self.problem(f"^{re.escape(str(self.ours / 'music.wav'))} is missing")
        self.record("music")
        self.record("Music", LONG, self.shop)
        music = self.prompts().music
        assert music is not None
        self.assertEqual(music.size, 160)
        (self.shop / "Music.wav").write_bytes(b"no sound")
        music = self.prompts().music
        assert music is not None
        self.assertEqual(music.size, 80)

    def test_announcers_file(self) -> None:
        """An announcer's stereo file at 44.1 kHz is taken as it is."""
        with wave.open(str(self.shop / "zh" / "welcome.wav"), "wb") as file:
            file.setparams((2, 2, 44_100, 0, "NONE", ""))
            file.writeframes(b"\0\x20" * 2 * 44_100)
        self.assertEqual(self.prompts().sounds("zh", "welcome")[0].size, RATE_HZ)

    def test_catalogue_mistakes(self) -> None:
        """A catalogue that is not TOML, or has an unknown section, is named; Windows editors' mark is no mistake."""
        path = self.shop / "zh" / CATALOGUE
        for text in (
            "[sentences]\nwelcome = no quotes\n",
            '[sentenses]\nwelcome = "W"\n',
            "[names]\ntea = 9\n",
            'a = "b"',
        ):
            path.write_text(text, "utf-8")
            self.problem(f"^{re.escape(str(path))}: ")
            with self.assertRaises(PromptError):
                Catalogue.read(path)
        path.write_text('[sentences]\nwelcome = "W"\n', "utf-8-sig")
        self.record("zh/welcome")
        self.assertEqual(self.prompts().text("zh", "welcome"), "W")

    def test_not_to_be_spoilt(self) -> None:
        """Twenty callers hear the same samples: nobody can write into them."""
        self.record("zh/welcome")
        with self.assertRaises(ValueError):
            self.prompts().sounds("zh", "welcome")[0][:] = 0


class ShippedPromptsTests(SynchronousTestCase):
    def test_same_names(self) -> None:
        """Every sentence and name exists in both languages, and no name means two things."""
        zh, en = (Catalogue.read(FOLDER / language / CATALOGUE) for language in LANGUAGES)
        self.assertEqual(zh.sentences.keys(), en.sentences.keys())
        self.assertEqual(zh.names.keys(), en.names.keys())
        for catalogue in (zh, en):
            n_names = sum(len(getattr(catalogue, section)) for section in SECTIONS)
            self.assertEqual(len(catalogue.texts), n_names)

    def test_keys_in_texts(self) -> None:
        """A sentence that offers keys offers the same ones in both languages."""
        zh, en = (Catalogue.read(FOLDER / language / CATALOGUE).sentences for language in LANGUAGES)
        for name in zh.keys() - {"choose-language"}:
            self.assertEqual(re.findall(r"\d", zh[name]), re.findall(r"\d", en[name]), name)

    def test_all_recorded(self) -> None:
        """Every text is recorded as it is written now."""
        self.assertEqual([job for language in LANGUAGES for job in PromptFolder(FOLDER, language).jobs()], [])

    def test_levels(self) -> None:
        """All prompts are equally loud, none is clipped, and no sentence begins or ends with a pause."""
        prompts = Prompts()
        prompts.load()
        for language in LANGUAGES:
            catalogue = Catalogue.read(FOLDER / language / CATALOGUE)
            for name in catalogue.texts.keys() - {"pause"}:
                (sound,) = prompts.sounds(language, name)
                self.assertLess(float(np.abs(sound).max()), 10 ** ((PEAK_DBFS + 0.1) / 20), name)
                self.assertLess(abs(active_level_dbfs(sound) - ACTIVE_LEVEL_DBFS), 1.5, name)
            for name in catalogue.pieces:
                self.assertLess(prompts.sounds(language, name)[0].size / RATE_HZ, 1.5, name)

    def test_size(self) -> None:
        """All of them are at most 50 MB, for who fetches the project."""
        self.assertLess(sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()), 50e6)


class TelephoneVoiceTests(SynchronousTestCase):
    def voice(self, level: float = 0.05, rate_hz: int = 24_000) -> FloatArray:
        """A second of noise that comes and goes like syllables, between silences."""
        time_s = np.arange(rate_hz) / rate_hz
        noise = np.random.default_rng(7).normal(0, level, rate_hz) * np.sin(2 * np.pi * 2 * time_s) ** 2
        silence = np.zeros(rate_hz // 2)
        return np.concatenate([silence, noise, silence]).astype(np.float32)

    def test_level(self) -> None:
        """Loud or soft, whatever its rate, it comes out at the same level, without its silences."""
        for level, rate_hz in ((0.001, 22_050), (0.05, 24_000), (0.3, 44_100)):
            sound = telephone_voice(self.voice(level, rate_hz), rate_hz)
            self.assertLess(abs(active_level_dbfs(sound) - ACTIVE_LEVEL_DBFS), 1.0)
            self.assertLessEqual(float(np.abs(sound).max()), 10 ** (PEAK_DBFS / 20) + 1e-6)
            self.assertLess(abs(sound.size / RATE_HZ - 1.1), 0.1)

    def test_breath(self) -> None:
        """A short noise well before the words is cut off."""
        voice = self.voice()
        voice[2000:3000] += 0.02
        voice[2000:3000:2] -= 0.04
        self.assertLess(abs(telephone_voice(voice, 24_000).size / RATE_HZ - 1.1), 0.1)

    def test_nothing(self) -> None:
        """A silent recording is an error."""
        with self.assertRaisesRegex(ValueError, "nothing to hear"):
            telephone_voice(np.zeros(1000, np.float32), 24_000)


class HoldMusicTests(SynchronousTestCase):
    def test_piece(self) -> None:
        """The music is soft, never clipped, and joins its own beginning without a click."""
        piece = hold_music.compose()
        self.assertLess(abs(level_dbm0(piece) - (-22 + 3.14 + 3.01)), 0.1)
        self.assertLess(float(np.abs(piece).max()), 0.6)
        steps = np.abs(np.diff(piece))
        self.assertLess(abs(float(piece[0] - piece[-1])), float(steps.max()))

    def test_not_a_tone(self) -> None:
        """Nothing in it lasts near 450 Hz, where Chinese exchanges send their tones."""
        piece = hold_music.compose()
        spectrum = np.abs(np.fft.rfft(piece)) ** 2
        freq_hz = np.fft.rfftfreq(piece.size, 1 / RATE_HZ)
        share = spectrum[(freq_hz > 430) & (freq_hz < 470)].sum() / spectrum.sum()
        self.assertLess(float(share), 0.01)
