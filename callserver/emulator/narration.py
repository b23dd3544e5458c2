"""What happens on a telephone, for a person to read."""

WORDS_ZH = {
    "caller": "主叫",
    "dial": "拨号",
    "wait": "等到",
    "press": "按键",
    "speak": "说话",
    "lift": "摘机",
    "answer": "应答",
    "hang": "挂机",
    "ringback": "回铃",
    "answered": "对方已应答",
    "busy": "占线",
    "unobtainable": "空号",
    "gone": "对方已挂机",
    "bell": "振铃",
}
STAGES_ZH = {
    "on hook": "挂机",
    "ringing": "振铃",
    "dialling": "拨号",
    "ringback": "回铃",
    "talking": "通话",
    "tone": "忙音",
}


def told(at_s: float, what: str) -> str:
    """One line: when, what, and the same in Chinese."""
    chinese = WORDS_ZH.get(what.split(" ")[0], "")
    return f"{at_s:8.2f} s  {what}  {chinese}".rstrip()
