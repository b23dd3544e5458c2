"""What a guest hears first: a greeting of the box's owner, or the server's own."""

from __future__ import annotations

from collections.abc import Mapping

from twisted.internet.defer import Deferred, TimeoutError
from twisted.logger import Logger

from callserver.dsp.frames import FloatArray
from callserver.dsp.sound.files import SoundFileError
from callserver.features.voicemail import rules
from callserver.features.voicemail.intake import Intake
from callserver.features.voicemail.rules import Box, Sounding
from callserver.features.voicemail.tables import GreetingKind
from callserver.ivr.interfaces import Prompt, Sound
from callserver.ivr.menu_call import MenuCall

log = Logger()

READ_S = 3.0  # so long a caller waits for it


async def greeting(
    call: MenuCall, intake: Intake, box: Box, kept: Mapping[GreetingKind, Sounding], *, busy: bool
) -> list[Prompt]:
    """One that cannot be read is not heard: the server's own is."""
    kind = rules.chosen(box, kept, busy=busy)
    if kind is None:
        return ["mail-standard"]
    reading: Deferred[FloatArray] = intake.read([kept[kind].id])
    try:
        sound = Sound(await call.wait_for(reading, READ_S))
    except (SoundFileError, TimeoutError) as problem:
        log.warn("the greeting of mailbox {box} cannot be heard: {problem}", box=box.number, problem=problem)
        return ["mail-standard"]
    return [sound, "mail-not-here"] if kind is GreetingKind.NAME else [sound]
