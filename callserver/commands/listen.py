"""`callserver listen FILE.wav`: what the server's ear makes of a recording."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from callserver.commands.calls import language_option
from callserver.commands.report_words import printable
from callserver.commands.start import shop_option
from callserver.dsp.hearing import Heard, hear_tracks
from callserver.dsp.progress.plan_files import FILE_NAME, PlanFileError, load_plan
from callserver.dsp.progress.plans import PLANS, TONE_NAMES, Plan, plan
from callserver.dsp.sound.files import SoundFileError, read_tracks
from callserver.server.shop_folder import ShopFolder

LINES = {  # what was heard: Chinese, English; {fields} are its figures
    "key": (
        "按键 {key}  {levels}，电平差 {twist_db} dB，频偏 {offsets} %，纯度 {purity}",
        "key {key}  {levels}, twist {twist_db} dB, off by {offsets} %, purity {purity}",
    ),
    "key_end": ("按键 {key} 结束", "key {key} ends"),
    "no_key": (
        "近似按键 {key}：{reasons}  {duration_ms} ms，{levels}，频偏 {offsets} %，纯度 {purity}",
        "nearly key {key}: {reasons}  {duration_ms} ms, {levels}, off by {offsets} %, purity {purity}",
    ),
    "tone": (
        "{tone}  {freqs_hz} Hz，{level_dbm0} dBm0，纯度 {purity}",
        "{tone}  {freqs_hz} Hz, {level_dbm0} dBm0, purity {purity}",
    ),
    "tone_end": ("{tone} 结束", "{tone} ends"),
    "no_tone": (
        "近似信号音：{reasons}  {freqs_hz} Hz，{level_dbm0} dBm0，纯度 {purity}，节奏 {rhythm_s} s",
        "nearly a tone: {reasons}  {freqs_hz} Hz, {level_dbm0} dBm0, purity {purity}, rhythm {rhythm_s} s",
    ),
    "fax": ("传真 {signal}  {freq_hz} Hz，{level_dbm0} dBm0", "fax {signal}  {freq_hz} Hz, {level_dbm0} dBm0"),
    "caller": ("来电显示 {number} {name} {absence} {date_time}", "caller ID {number} {name} {absence} {date_time}"),
    "no_caller": ("来电显示损坏：{reasons}  {bytes}", "damaged caller ID: {reasons}  {bytes}"),
    "line": (
        "线路：电平 {level_dbm0}，噪声 {noise_dbm0}，交流声 {hum_dbm0} dBm0，直流 {dc}，有声 {sound_percent} %",
        "line: level {level_dbm0}, noise {noise_dbm0}, hum {hum_dbm0} dBm0, DC {dc}, sound {sound_percent} %",
    ),
}

REASONS_ZH = {
    "too short": "太短", "too weak": "太弱", "off frequency": "频率不准", "too much twist": "两音电平差太大",
    "not pure enough": "不够纯净", "no such frequency": "制式中没有此频率", "no such rhythm": "制式中没有此节奏",
    "no stop bit": "缺少停止位", "no more characters": "数据中断", "too faint against the noise": "噪声太大",
}  # fmt: skip


@click.command()
@click.argument("recording", metavar="FILE.wav", type=click.Path(path_type=Path, dir_okay=False))
@shop_option
@click.option("--country", type=click.Choice(list(PLANS)), help="Whose tones; else the shop's.  信号音制式。")
@language_option
@click.option("--json", "as_json", is_flag=True, help="One object a line, for other programs.  JSON 格式。")
def listen(recording: Path, shop: Path, country: str | None, language: str, as_json: bool) -> None:
    """
    Print every key, tone, fax signal and caller ID in a recording, with its figures; and what nearly was one, and why
    it was none.

    显示录音中的按键、信号音、传真音、来电显示及其电平、频偏，并说明近似信号未被接受的原因。
    """
    try:
        tracks, tones = read_tracks(recording), plan(country) if country else shop_plan(shop)
    except (SoundFileError, PlanFileError) as problem:
        sys.exit(str(problem))
    for heard in sorted(hear_tracks(tracks, tones), key=lambda heard: heard.at_s):
        click.echo(_json(heard) if as_json else line_of(heard, language, several=len(tracks) > 1))


def shop_plan(shop: Path) -> Plan:
    """
    The tones of this shop's exchange: those it has learned, else its country's.

    :raises PlanFileError: its own plan cannot be used
    :raises ConfigError: config.ini cannot be used
    """
    folder = ShopFolder(shop)
    if (shop / FILE_NAME).exists():
        return load_plan(shop / FILE_NAME)
    return plan(folder.config().exchange.country) if folder.config_file.exists() else plan("cn")


def _json(heard: Heard) -> str:
    fields = {"at_s": heard.at_s, "track": heard.track + 1, "event": heard.what, **heard.figures}
    return json.dumps(fields, ensure_ascii=False)


def line_of(heard: Heard, language: str, several: bool) -> str:
    """One line of text, with the track if there are several."""
    zh = language == "zh"
    words = {name: _word(name, value, zh) for name, value in heard.figures.items()}
    if "twist_db" in words:
        words["levels"] = f"{words['low_dbm0']}/{words['high_dbm0']} dBm0"
        words["offsets"] = f"{words['low_offset_percent']}/{words['high_offset_percent']}"
    track = f"  [{heard.track + 1}]" if several else ""
    return f"{heard.at_s:9.3f} s{track}  {LINES[heard.what][0 if zh else 1].format_map(words)}".rstrip()


def _word(name: str, value: Any, zh: bool) -> str:
    if name == "tone":
        return f"{TONE_NAMES[value]} {value}" if zh else str(value)
    if name == "reasons":
        return "、".join(REASONS_ZH.get(reason, reason) for reason in value) if zh else ", ".join(value)
    if isinstance(value, list):
        return ("+" if name == "freqs_hz" else "/").join(map(str, value))
    return "" if value is None else printable(str(value))
