"""Why something asked for is not done, in words for people, the same at both ends of the agent channel."""

from __future__ import annotations

from enum import Enum

from twisted.spread import pb

from callserver.wire.rights import Right
from callserver.wire.words import RIGHT_NAMES, SEAT_NAMES


class Refusal(Enum):
    """The reasons; the values are what goes over the wire."""

    LOG_IN = "log-in"  # wrong, unknown and locked: the same words, so that nobody learns which
    TOO_MANY_TRIES = "too-many-tries"
    ELSEWHERE = "elsewhere"
    NO_RIGHT = "no-right"  # detail: the right's number
    NOT_NOW = "not-now"  # detail: the state
    NO_CALL = "no-call"
    BAD_ARGUMENT = "bad-argument"  # detail: the argument's name, never its value
    UNKNOWN_ACT = "unknown-act"
    WEAK_PASSWORD = "weak-password"
    LIMIT = "limit"  # detail: the limit
    STOPPING = "stopping"
    SERVER = "server"


TEXTS = {
    Refusal.LOG_IN: ("工号或密码不对，或账号已锁定", "wrong number or password, or the account is locked"),
    Refusal.TOO_MANY_TRIES: ("尝试次数过多，请重新连接", "too many tries; connect again"),
    Refusal.ELSEWHERE: ("已在别处登录", "already logged in elsewhere"),
    Refusal.NO_RIGHT: ("没有权限：{detail}", "not allowed: {detail}"),
    Refusal.NOT_NOW: ("现在不能这样做：{detail}", "not possible now: {detail}"),
    Refusal.NO_CALL: ("没有这个电话", "there is no such call"),
    Refusal.BAD_ARGUMENT: ("参数不对：{detail}", "an argument does not fit: {detail}"),
    Refusal.UNKNOWN_ACT: ("服务器不认识这个操作", "the server knows no such act"),
    Refusal.WEAK_PASSWORD: ("密码太短或太简单", "the password is too short or too simple"),
    Refusal.LIMIT: ("超过限制：{detail}", "beyond the limit: {detail}"),
    Refusal.STOPPING: ("服务器正在停止，稍后自动重新连接", "the server stops; the program connects again by itself"),
    Refusal.SERVER: ("服务器内部错误，已记入日志", "the server failed; its log says why"),
}

# Details that are words of ours.
DETAILS = {
    Refusal.NO_RIGHT: {str(int(right)): names for right, names in RIGHT_NAMES.items()},
    Refusal.NOT_NOW: {state.value: names for state, names in SEAT_NAMES.items()},
}


class Refused(pb.Error):
    """
    What was asked for is not done, and nothing has changed; `str` is the wire form "code" or "code: detail".

    A pb.Error, so it reaches the desktop program without a traceback in the server's log.
    """

    def __init__(self, code: Refusal, detail: str = "") -> None:
        super().__init__(f"{code.value}: {detail}" if detail else code.value)
        self.code, self.detail = code, detail

    @classmethod
    def no_right(cls, right: Right) -> Refused:
        """The person does not hold this right."""
        return cls(Refusal.NO_RIGHT, str(int(right)))

    @classmethod
    def from_wire(cls, text: str) -> Refused:
        """What the other end raised; a code of a newer server becomes SERVER with the text as it came."""
        code, _, detail = text.partition(": ")
        known = {refusal.value: refusal for refusal in Refusal}
        return cls(known[code], detail) if code in known else cls(Refusal.SERVER, text)

    def text(self, language: str) -> str:
        """One line for a person, in "zh" or "en"."""
        which = 0 if language == "zh" else 1
        detail = DETAILS.get(self.code, {}).get(self.detail, (self.detail, self.detail))[which]
        return TEXTS[self.code][which].format(detail=detail)
