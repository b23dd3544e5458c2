"""What rights and seat states are called on screens: Chinese, English."""

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
