"""What a modem does on the line by itself, as coroutines: each `yield` is 20 ms."""

import re
from collections.abc import Callable, Generator

import numpy as np

from callserver.dsp.frames import BLOCK_MS, RATE_HZ, FloatArray
from callserver.dsp.tones import KEY_TONES_HZ, dtmf, tone
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.parameters import BEFORE_DIALLING_S, COMMA_S, KEY_MS, WAIT_FOR_ANSWER_S
from callserver.emulator.voice_modem import IVoiceModem, Procedure

NO_DIALTONE_S = 6.0
QUIET_ANSWER_S = 5.0
ANSWER_TONE_HZ, ANSWER_TONE_S = 2100.0, 3.3  # ITU-T V.25
TONE_LEVEL_DBM0 = -10.0
PAUSE_MS = 70.0
BLIND = (0, 1, 3)  # X: do not wait for dial tone

_TONES = re.compile(r"\[(\d*),(\d*),(\d+)\]|\{([0-9A-D*#!]),(\d+)\}|([0-9A-D*#!,])")


class BrokenOff(Exception):
    """The computer has sent a character: the procedure ends with its own result, or hangs up with NO CARRIER."""


def dial(modem: IVoiceModem, number: str, stays: bool, then: Callable[[], None] | None = None) -> Procedure:
    """
    ATD.

    :param number: digits and modifiers , W @ !; others are skipped
    :param stays: OK after the digits (the semicolon), instead of judging how the call gets on
    :param then: begins what is done after the digits instead, and tells its result
    """
    if not modem.line.off_hook:
        modem.lift()
        if not (yield from _dial_tone(modem)):
            return _give_up(modem, "NO DIALTONE")
    for mark in number:
        problem = yield from _one_mark(modem, mark)
        if problem:
            return _give_up(modem, problem)
    modem.settings.device = 1
    if stays:
        return "OK"
    if then is not None:
        then()
        return ""
    return (yield from _judge(modem))


def answer_data(modem: IVoiceModem) -> Procedure:
    """ATA outside voice mode: answer tone, then wait for a data modem, which never comes."""
    modem.lift()
    yield from say(modem, tone([ANSWER_TONE_HZ], round(ANSWER_TONE_S * RATE_HZ), TONE_LEVEL_DBM0))
    yield from wait(modem, modem.settings.registers[WAIT_FOR_ANSWER_S])
    return _give_up(modem, "NO CARRIER")


def send_tones(modem: IVoiceModem, text: str) -> Procedure:
    """
    +VTS: `[f1,f2,n]`, `{key,n}` or a key, with commas between; n in 10 ms. OK when all has sounded.

    :raises ValueError: not such a list; at once, not at the first step
    """
    pieces = [match for match in _TONES.finditer(text) if match[6] != ","]
    if ",".join(match[0] for match in pieces) != text or not pieces:
        raise ValueError(text)
    key_ms = 10.0 * modem.settings.numbers["+VTD"][0]
    return _say_all(modem, [_sound(piece, key_ms) for piece in pieces])


def _say_all(modem: IVoiceModem, sounds: list[FloatArray]) -> Procedure:
    for sound in sounds:
        yield from say(modem, sound)
    return "OK"


def _sound(piece: re.Match[str], key_ms: float) -> FloatArray:
    if piece[3]:
        freqs_hz = [float(hz) for hz in (piece[1], piece[2]) if int(hz or 0)]
        n_samples = int(piece[3]) * RATE_HZ // 100
        return tone(freqs_hz, n_samples, TONE_LEVEL_DBM0) if freqs_hz else np.zeros(n_samples, np.float32)
    key = piece[4] or piece[6]
    if key == "!":  # this exchange offers nothing for a flash
        return np.zeros(RATE_HZ // 2, np.float32)
    return dtmf(key, 10.0 * int(piece[5]) if piece[5] else key_ms, PAUSE_MS)


def _one_mark(modem: IVoiceModem, mark: str) -> Generator[None, None, str]:
    """One character of a dial string; the result code if the call ends here."""
    registers = modem.settings.registers
    if mark in KEY_TONES_HZ:
        yield from say(modem, dtmf(mark, registers[KEY_MS], registers[KEY_MS]))
    elif mark == ",":
        yield from wait(modem, registers[COMMA_S])
    elif mark == "!":
        yield from wait(modem, registers[29] / 100)
        modem.line.flash()
    elif mark == "W" and not (yield from _heard(modem, "dial", registers[WAIT_FOR_ANSWER_S])):
        return "NO DIALTONE"
    elif mark == "@" and not (yield from _quiet(modem, QUIET_ANSWER_S, registers[WAIT_FOR_ANSWER_S])):
        return "NO ANSWER"
    return ""


def _dial_tone(modem: IVoiceModem) -> Generator[None, None, bool]:
    if modem.settings.basic["X"] in BLIND:
        yield from wait(modem, modem.settings.registers[BEFORE_DIALLING_S])
        return True
    return (yield from _heard(modem, "dial", NO_DIALTONE_S))


def _judge(modem: IVoiceModem) -> Procedure:
    """Listen until the call is answered, as far as a modem can tell, or has come to nothing."""
    settings, since_ms = modem.settings, modem.now_ms
    modem.tones.clear()
    gone_ms = 100 * settings.numbers["+VRA"][0]
    never_ms = 1000 * settings.numbers["+VRN"][0]
    rung_ms: int | None = None  # when ringback last sounded
    while modem.now_ms - since_ms < 1000 * settings.registers[WAIT_FOR_ANSWER_S]:
        yield
        if {"busy", "congestion"} & modem.tones.keys():
            return _give_up(modem, "BUSY")
        if modem.tones.get("ringback") == modem.now_ms - BLOCK_MS:
            rung_ms = modem.now_ms - modem.quiet_ms
        answered = modem.now_ms - since_ms > never_ms if rung_ms is None else modem.now_ms - rung_ms > gone_ms
        if answered and settings.voice:
            return "OK"
    return _give_up(modem, "NO CARRIER" if rung_ms is None else "NO ANSWER")


def _give_up(modem: IVoiceModem, result: str) -> str:
    modem.hang_up()
    modem.settings.device = 0
    return result


def say(modem: IVoiceModem, sound: FloatArray) -> Generator[None, None, None]:
    """All of it, to the line."""
    modem.transmitter.feed(sound)
    while not modem.transmitter.is_empty:
        yield


def wait(modem: IVoiceModem, seconds: float) -> Generator[None, None, None]:
    """So long, in whole blocks."""
    end_ms = modem.now_ms + 1000 * seconds
    while modem.now_ms < end_ms:
        yield


def _heard(modem: IVoiceModem, tone_name: str, limit_s: float) -> Generator[None, None, bool]:
    begin_ms = modem.now_ms
    while modem.now_ms - begin_ms < 1000 * limit_s:
        if modem.tones.get(tone_name, -1) >= begin_ms:
            return True
        yield
    return False


def _quiet(modem: IVoiceModem, seconds: float, limit_s: float) -> Generator[None, None, bool]:
    begin_ms = modem.now_ms
    while modem.now_ms - begin_ms < 1000 * limit_s:
        if modem.quiet_ms >= 1000 * seconds and modem.line.stage is not SubscriberStage.ON_HOOK:
            return True
        yield
    return False
