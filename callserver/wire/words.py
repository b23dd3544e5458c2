"""What rights, seat states and causes are called on screens: Chinese, English."""

from callserver.wire.rights import Right
from callserver.wire.states import SeatState

RIGHT_NAMES = {
    Right.SUPERVISOR: ("座席班长", "supervisor"),
    Right.ANSWER_INTERNAL: ("接听内部电话", "answer internal calls"),
    Right.ANSWER_QUEUED: ("接听排队呼入电话", "answer queued calls"),
    Right.PICK_UP: ("代接电话", "pick up calls"),
    Right.GRAB: ("抓接排队电话", "grab waiting calls"),
    Right.PLAY_RECORDINGS: ("播放录音文件", "play recordings"),
    Right.DOWNLOAD_RECORDINGS: ("下载录音文件", "download recordings"),
    Right.START_RECORDING: ("手动启动同步录音", "start recording"),
    Right.DIAL_INTERNAL: ("拨打内部电话", "dial internal numbers"),
    Right.DIAL_LOCAL: ("拨打市内电话", "dial local numbers"),
    Right.DIAL_NATIONAL: ("拨打国内电话", "dial national numbers"),
    Right.DIAL_INTERNATIONAL: ("拨打国际电话", "dial international numbers"),
    Right.RECEIVE_FAX: ("手动接收传真", "receive faxes"),
    Right.DOWNLOAD_FAX: ("下载传真文件", "download faxes"),
    Right.SEND_FAX: ("手动发送传真", "send faxes"),
    Right.LISTEN: ("监听电话", "listen to calls"),
    Right.BARGE_IN: ("强插、强拆电话", "barge in and break off"),
    Right.FORCE_LOG_OUT: ("强行注销其他空闲座席", "log out other idle seats"),
}

SEAT_NAMES = {
    SeatState.OFF: ("未登录", "not logged in"),
    SeatState.IDLE_PHONE: ("空闲（座席电话机）", "idle, at the telephone"),
    SeatState.IDLE_PC: ("空闲（座席电脑）", "idle, at the computer"),
    SeatState.PAUSED: ("暂停中", "paused"),
    SeatState.RINGING: ("振铃中", "ringing"),
    SeatState.DIALING: ("拨号中", "dialling"),
    SeatState.RINGBACK: ("回铃中", "ring-back"),
    SeatState.TALKING: ("通话中", "talking"),
    SeatState.HELD: ("保持中", "held"),
}

# What a seat's status gives as the cause of a change, and why a program is not connected; English is the text itself.
CAUSES = {
    "logged in": "登录",
    "logged out": "注销",
    "forced out by": "被强行注销，操作者",
    "pause": "示忙",
    "ready": "示闲",
    "offered": "来电",
    "answered": "已接听",
    "reject": "拒接",
    "miss": "无人接听",
    "abandoned": "来电者放弃",
    "timed_out": "等待超时",
    "hold": "保持",
    "retrieved": "取回",
    "recall": "保持回振",
    "caller hung up": "来电者挂机",
    "agent hung up": "座席挂机",
    "gave up": "放弃",
    "transferred": "已转接",
    "line lost": "线路断开",
    "server stopped": "服务器停止",
    "could not be connected": "无法接通",
    "wrap-up over": "话后处理结束",
    "wrap-up prolonged": "话后处理延长",
    "client lost": "座席电脑断开",
    "client back": "座席电脑恢复",
    "there is no connection to the server": "没有连接到服务器",
    "the server does not answer": "服务器没有应答",
    "the server does not hold the certificate that is pinned here": "服务器的证书与本机保存的不一致",
    "the server stops; the program connects again by itself": "服务器正在停止，稍后自动重新连接",
    "the server failed; its log says why": "服务器内部错误，已记入日志",
}


def cause_text(cause: str, language: str) -> str:
    """A cause in "zh" or "en"; what follows the words known here (a number, a tone) stays as it is."""
    if language != "zh":
        return cause
    for known in sorted(CAUSES, key=len, reverse=True):
        if cause == known or cause.startswith((f"{known} ", f"{known}:")):
            return CAUSES[known] + cause.removeprefix(known)
    return cause
