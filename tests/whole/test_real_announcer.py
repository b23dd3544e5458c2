"""An announcer records the greeting over an emulated modem, in real time: the next caller hears what he has kept."""

import numpy as np

from callserver.commands.visit import when_idle
from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.sound.files import read_wav
from callserver.emulator.script_run import run_script
from callserver.ivr.own_recordings import OwnRecordings
from callserver.ivr.prompt_list import PromptList
from callserver.ivr.prompts import FOLDER
from callserver.wire.rights import Right
from tests.whole.test_real_time import RealTimeCase

ANNOUNCER, PIN = "809", "470815"
QUESTION = "wait silence 1.5 within 120\n"
BEGINS = 'caller 13912345678 "Announcer"\ndial 8008\nwait answer\n'
VOICE = FOLDER / "zh" / "goodbye.wav"


def script(*steps: str) -> str:
    """Each step after the question before it was heard to its end."""
    return BEGINS + "".join(f"{QUESTION}{one}\nwait 1\n" for one in steps) + QUESTION + "hang up\n"


class RealAnnouncerTests(RealTimeCase):
    async def test_records_and_brings_back(self) -> None:
        """Number, PIN, his voice, #, kept: the words are whole, the key is cut off. Then he brings the old one back."""
        await self.open(menu="prompts")
        staff, exchange = self.server.centre.staff, self.server.exchange
        assert exchange is not None
        await staff.add(ANNOUNCER, "Xiao Lin", "a long password 7", [Right.SUPERVISOR])
        await staff.set_pin(ANNOUNCER, PIN)
        own, prompts = OwnRecordings(self.folder.path / "prompts"), [self.folder.path / "prompts", FOLDER]
        number = PromptList(prompts, [], lambda language, text: None).find("welcome")[0].number
        comes_in = (f"press {ANNOUNCER}#", f"press {PIN}#", "press 1", f"press {number}#")
        await run_script(exchange, script(*comes_in, "press 2", f"speak {VOICE}\npress #", "press #"))
        await when_idle(self.server)
        kept, said = read_wav(self.folder.path / "prompts" / "zh" / "welcome.wav"), read_wav(VOICE)
        self.assertApproximates(kept.size / RATE_HZ, spoken_s(said), 0.6)
        self.assertGreater(np.abs(kept).max(), 0.1)
        await run_script(exchange, script(*comes_in, "press 4"))
        await when_idle(self.server)
        self.assertFalse(own.is_own("zh", "welcome"))


def spoken_s(sound: FloatArray) -> float:
    """Without the silence around it."""
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    return float(loud[-1] - loud[0]) / RATE_HZ
