"""The shop's prompts, as far as an announcer changes them; what takes long is done in a thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.progress.plans import Plan
from callserver.dsp.sound.files import read_wav
from callserver.ivr.known_text import KnownText
from callserver.ivr.own_recordings import OwnRecordings
from callserver.ivr.prompt_list import Listed, PromptList
from callserver.media.announcement import Announcement, announcement, without_last_key
from callserver.media.speech import natural_file

RECORDINGS, SPOKEN = "recordings", "spoken"
BEEP_ECHO_S = 0.1  # a recording begins with what comes back of the tone before it; nobody speaks so soon


class Studio:
    """
    :param shop: the shop's folder
    :param prompt_folders: where recordings are looked for, the shop's own first
    :param known_texts: what is said in calls and known before
    :param plan: the tones of the shop's exchange
    """

    def __init__(
        self,
        shop: Path,
        prompt_folders: Callable[[], Sequence[Path]],
        known_texts: Callable[[], Deferred[list[KnownText]]],
        plan: Plan,
        in_thread: Callable[..., Deferred[Any]],
    ) -> None:
        self._shop, self._folders, self._known_texts = shop, prompt_folders, known_texts
        self._plan, self._in_thread = plan, in_thread

    async def find(self, number: str) -> list[Listed]:
        """What has this number on the list of prompts, in every language it has."""
        texts = await self._known_texts()
        found: list[Listed] = await self._in_thread(self._find, number, texts)
        return found

    async def made(self, file: str) -> Announcement:
        """
        A recording of a call as a prompt, without the key that ended it.

        :raises RecordingRefused: why it is none
        :raises SoundFileError: there is no such recording
        """
        made: Announcement = await self._in_thread(self._made, file)
        return made

    async def keep(self, one: Listed, sound: FloatArray) -> int:
        """It is heard from now on; its version's number."""
        own = OwnRecordings(self._folders()[0])
        text = one.text if one.is_known_text else ""
        version: int = await self._in_thread(own.keep, one.language, one.name, sound, text)
        return version

    async def bring_back(self, one: Listed) -> int:
        """
        The version before is heard from now on; its number.

        :raises PromptError: there is none before
        """
        own = OwnRecordings(self._folders()[0])
        version: int = await self._in_thread(own.revert, one.language, one.name)
        return version

    def _find(self, number: str, texts: Sequence[KnownText]) -> list[Listed]:
        spoken = self._shop / SPOKEN
        listed = PromptList(self._folders(), texts, lambda language, text: natural_file(spoken, language, text))
        return [one for one in listed.all() if str(one.number) == number.lstrip("0")]

    def _made(self, file: str) -> Announcement:
        sound = read_wav(self._shop / RECORDINGS / (file or "-"))[round(BEEP_ECHO_S * RATE_HZ) :]
        return announcement(without_last_key(sound, self._plan), RATE_HZ, self._plan)
