"""What a modem does on the line by itself, as coroutines: each `yield` is 20 ms."""

import re
from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np

from callserver.dsp.frames import BLOCK_MS, RATE_HZ, FloatArray
from callserver.dsp.tones import KEY_TONES_HZ, dtmf, tone
from callserver.emulator.loop import Stage
from callserver.emulator.parameters import BEFORE_DIALLING_S, COMMA_S, KEY_MS, WAIT_FOR_ANSWER_S

if TYPE_CHECKING:
    from callserver.emulator.dce import Dce

Procedure = Generator[None, None, str]

NO_DIALTONE_S = 6.0
QUIET_ANSWER_S = 5.0
ANSWER_TONE_HZ, ANSWER_TONE_S = 2100.0, 3.3  # ITU-T V.25
TONE_LEVEL_DBM0 = -10.0
PAUSE_MS = 70.0
BLIND = 2  # X0, X1: do not wait for dial tone

_TONES = re.compile(r"\[(\d*),(\d*),(\d+)\]|\{([0-9A-D*#!]),(\d+)\}|([0-9A-D*#!,])")


def dial(dce: "Dce", number: str, stays: bool) -> Procedure:
    """
    ATD.

    :param number: digits and modifiers , W @ !; others are skipped
    :param stays: OK after the digits (the semicolon), instead of judging how the call gets on
    """
    if not dce.line.off_hook:
        dce.lift()
        if not (yield from _dial_tone(dce)):
            return _give_up(dce, "NO DIALTONE")
    for mark in number:
        problem = yield from _one_mark(dce, mark)
        if problem:
            return _give_up(dce, problem)
    dce.settings.device = 1
    if stays:
        return "OK"
    return (yield from _judge(dce))


def answer_data(dce: "Dce") -> Procedure:
    """ATA outside voice mode: answer tone, then wait for a data modem, which never comes."""
    dce.lift()
    yield from _say(dce, tone([ANSWER_TONE_HZ], round(ANSWER_TONE_S * RATE_HZ), TONE_LEVEL_DBM0))
    yield from _wait(dce, dce.settings.registers[WAIT_FOR_ANSWER_S])
    return _give_up(dce, "NO CARRIER")


def send_tones(dce: "Dce", text: str) -> Procedure:
    """
    +VTS: `[f1,f2,n]`, `{key,n}` or a key, with commas between; n in 10 ms. OK when all has sounded.

    :raises ValueError: not such a list; at once, not at the first step
    """
    pieces = [match for match in _TONES.finditer(text) if match[6] != ","]
    if ",".join(match[0] for match in pieces) != text or not pieces:
        raise ValueError(text)
    key_ms = 10.0 * dce.settings.numbers["+VTD"][0]
    return _say_all(dce, [_sound(piece, key_ms) for piece in pieces])


def _say_all(dce: "Dce", sounds: list[FloatArray]) -> Procedure:
    for sound in sounds:
        yield from _say(dce, sound)
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


def _one_mark(dce: "Dce", mark: str) -> Generator[None, None, str]:
    """One character of a dial string; the result code if the call ends here."""
    registers = dce.settings.registers
    if mark in KEY_TONES_HZ:
        yield from _say(dce, dtmf(mark, registers[KEY_MS], registers[KEY_MS]))
    elif mark == ",":
        yield from _wait(dce, registers[COMMA_S])
    elif mark == "!":
        yield from _wait(dce, registers[29] / 100)
    elif mark == "W" and not (yield from _heard(dce, "dial", registers[WAIT_FOR_ANSWER_S])):
        return "NO DIALTONE"
    elif mark == "@" and not (yield from _quiet(dce, QUIET_ANSWER_S, registers[WAIT_FOR_ANSWER_S])):
        return "NO ANSWER"
    return ""


def _dial_tone(dce: "Dce") -> Generator[None, None, bool]:
    if dce.settings.basic["X"] < BLIND:
        yield from _wait(dce, dce.settings.registers[BEFORE_DIALLING_S])
        return True
    return (yield from _heard(dce, "dial", NO_DIALTONE_S))


def _judge(dce: "Dce") -> Procedure:
    """Listen until the call is answered, as far as a modem can tell, or has come to nothing."""
    settings, since_ms = dce.settings, dce.now_ms
    dce.tones.clear()
    gone_ms = 100 * settings.numbers["+VRA"][0]
    never_ms = 1000 * settings.numbers["+VRN"][0]
    rung_ms: int | None = None  # when ringback last sounded
    while dce.now_ms - since_ms < 1000 * settings.registers[WAIT_FOR_ANSWER_S]:
        yield
        if {"busy", "congestion"} & dce.tones.keys():
            return _give_up(dce, "BUSY")
        if dce.tones.get("ringback") == dce.now_ms - BLOCK_MS:
            rung_ms = dce.now_ms - dce.quiet_ms
        answered = dce.now_ms - since_ms > never_ms if rung_ms is None else dce.now_ms - rung_ms > gone_ms
        if answered and settings.voice:
            return "OK"
    return _give_up(dce, "NO CARRIER" if rung_ms is None else "NO ANSWER")


def _give_up(dce: "Dce", result: str) -> str:
    dce.hang_up()
    dce.settings.device = 0
    return result


def _say(dce: "Dce", sound: FloatArray) -> Generator[None, None, None]:
    dce.transmitter.feed(sound)
    while not dce.transmitter.is_empty:
        yield


def _wait(dce: "Dce", seconds: float) -> Generator[None, None, None]:
    end_ms = dce.now_ms + 1000 * seconds
    while dce.now_ms < end_ms:
        yield


def _heard(dce: "Dce", tone_name: str, limit_s: float) -> Generator[None, None, bool]:
    begin_ms = dce.now_ms
    while dce.now_ms - begin_ms < 1000 * limit_s:
        if dce.tones.get(tone_name, -1) >= begin_ms:
            return True
        yield
    return False


def _quiet(dce: "Dce", seconds: float, limit_s: float) -> Generator[None, None, bool]:
    begin_ms = dce.now_ms
    while dce.now_ms - begin_ms < 1000 * limit_s:
        if dce.quiet_ms >= 1000 * seconds and dce.line.stage is not Stage.ON_HOOK:
            return True
        yield
    return False
