"""The event log in people's words, Chinese and English."""

from collections.abc import Iterable, Mapping

from callserver.wire.records import EventRecord, Value

EVENTS = {  # kind: Chinese, English; {fields} are the event's data
    "state": ("状态：{to}{reason}", "state: {to}{reason}"),
    "ring": ("振铃 {count}", "ring {count}"),
    "caller_id": ("来电号码 {number} {name}", "caller {number} {name}"),
    "answer": ("摘机", "off hook"),
    "key": ("按键 {digit}（{source}）", "key {digit} ({source})"),
    "menu": ("流程 {name}", "menu {name}"),
    "language": ("语言 {language}", "language {language}"),
    "prompt": ("播放 {names}（{language}）", "prompt {names} ({language})"),
    "prompt_end": ("播放结束{interrupted}", "prompt over{interrupted}"),
    "input": ("输入 {digits}", "input {digits}"),
    "entry": ("进入队列 {queue}，第 {place} 位", "enters queue {queue}, place {place}"),
    "offer": ("呼叫座席 {seat}：{why}；候选 {candidates}{passed_over}",
              "offered to seat {seat}: {why}; candidates {candidates}{passed_over}"),
    "miss": ("座席 {seat} 未接：{reason}", "missed by seat {seat}: {reason}"),
    "connect": ("接通座席 {seat}，等待 {wait_s} 秒", "connected with seat {seat} after {wait_s} s"),
    "hold": ("保持", "on hold"),
    "retrieve": ("取回", "retrieved"),
    "leave": ("离开队列 {queue}：{outcome}，等待 {wait_s} 秒", "leaves queue {queue}: {outcome} after {wait_s} s"),
    "log_in": ("登录", "logged in"),
    "log_out": ("注销{reason}", "logged out{reason}"),
    "log_in_refused": ("登录被拒绝，来自 {address}", "log-in refused, from {address}"),
    "right_refused": ("没有权限 {right}：{act}", "no right {right}: {act}"),
    "recording": ("开始录音 {file}", "recording to {file}"),
    "recording_mark": ("录音标记：{text}", "mark in the recording: {text}"),
    "recording_end": ("录音结束 {file}，{length_s} 秒", "recording over: {file}, {length_s} s"),
    "recording_repaired": ("录音已修复 {file}，{length_s} 秒", "recording repaired: {file}, {length_s} s"),
    "order": ("订单 {order}：{items}，合计 {total_fen} 元；库存 {stock}",
              "order {order}: {items}, total {total_fen} yuan; stock {stock}"),
    "tone": ("信号音 {name}", "tone {name}"),
    "line_figures": ("线路：电平 {level_dbm0}、噪声 {noise_dbm0} dBm0，缺 {underruns}、丢 {overruns} 块",
                     "line: level {level_dbm0}, noise {noise_dbm0} dBm0, {underruns} blocks late, {overruns} dropped"),
    "menu_failed": ("流程 {menu} 出错：{error}", "menu {menu} failed: {error}"),
    "end": ("通话结束：{by}，{reason}", "end, by {by}: {reason}"),
    "alarm": ("告警：{text}", "alarm: {text}"),
    "server": ("服务器 {state}", "server {state}"),
}  # fmt: skip

CHINESE = {  # states, causes and outcomes, which the log keeps in English
    "not loaded": "未加载", "loaded": "已加载未启用", "idle": "空闲", "ringing": "振铃", "dialling": "拨号",
    "ring-back": "回铃", "talking": "通话", "held": "保持", "clearing": "等待挂机", "faxing": "传真",
    "line dead": "线路断开", "off": "未登录", "idle, telephone": "空闲（话机）", "idle, computer": "空闲（电脑）",
    "paused": "暂停", "wrap-up": "话后处理", "missed": "漏接", "client lost": "座席电脑断开",
    "flow": "流程", "queue": "排队", "bridged": "与座席通话", "sound": "声音", "modem": "调制解调器",
    "caller hung up": "来电者挂机", "agent hung up": "座席挂机", "menu over": "流程结束",
    "server stopped": "服务器停止", "line lost": "线路断开", "caller gave up": "来电者放弃",
    "miss": "无人接听", "reject": "拒接",
    "answered": "已接听", "abandoned": "来电者放弃", "timed_out": "等待超时", "no_agent": "无座席登录",
    "longest idle": "空闲最久", "no right to queued calls": "无接听排队电话权限",
    "caller": "来电者", "agent": "座席", "menu": "流程", "server": "服务器", "line": "线路", "admin": "管理员",
    "started": "启动", "stopped": "停止", "logged in": "已登录", "pause": "暂停", "ready": "示闲",
    "busy tone": "忙音", "on hook": "已挂机", "zh": "中文", "en": "英语",
}  # fmt: skip
OPTIONAL = {"reason": ("（{}）", " ({})"), "passed_over": ("；未选 {}", "; passed over {}")}  # of some kinds only


def words(event: EventRecord, language: str) -> str:
    """What happened, on one line, in "zh" or "en"; a kind this version does not know is shown as it is."""
    which = 0 if language == "zh" else 1
    if event.kind not in EVENTS:
        return printable(" ".join((event.kind, *(f"{name}={value}" for name, value in event.data.items()))))
    fields = _Fields({name: _field(event.kind, name, value, language) for name, value in event.data.items()})
    return printable(" ".join(EVENTS[event.kind][which].format_map(fields).split()))


def printable(text: str) -> str:
    """For a terminal: what came over a line must not move its cursor."""
    return "".join(character if character.isprintable() else "?" for character in text)


def phrase(text: str, language: str) -> str:
    """A state, cause or outcome; one without a translation stays as it is, also behind a colon or in brackets."""
    if language != "zh" or text in CHINESE:
        return CHINESE.get(text, text) if language == "zh" else text
    for before, after in ((": ", ""), (" (", ")")):
        head, found, tail = text.partition(before)
        if found and head in CHINESE:
            return f"{CHINESE[head]}{before}{phrase(tail.removesuffix(after), language)}{after}"
    return text


def yuan(fen: int) -> str:
    """Integer fen as people write it."""
    return f"{fen // 100}.{fen % 100:02}"


class _Fields(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return ""


def _field(kind: str, name: str, value: Value, language: str) -> str:
    if name == "total_fen" and isinstance(value, int):
        return yuan(value)
    if name == "interrupted":
        return ("（被打断）" if language == "zh" else ", interrupted") if value else ""
    if name == "items" and isinstance(value, list):
        return _joined(f"{item['item']} × {item['quantity']}" for item in value if isinstance(item, Mapping))
    text = _text(value, language)
    if (name == "reason" and kind in ("state", "log_out")) or name == "passed_over":
        return OPTIONAL[name][0 if language == "zh" else 1].format(text) if text else ""
    return text or ("–" if name == "digits" else "")


def _text(value: Value, language: str) -> str:
    if isinstance(value, Mapping):
        return _joined(f"{name}: {_text(one, language)}" for name, one in value.items())
    if isinstance(value, list):
        return _joined(_text(one, language) for one in value)
    return "" if value is None else phrase(str(value), language)


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(texts)
