"""What stands on the badges of lines and seats, on buttons and before notices; drawn for this program."""

from __future__ import annotations

from enum import Enum

from callserver.desktop.views.drawing import Drawing
from callserver.wire.states import LineState, SeatState

HANDSET = "M5.5 14 C5.5 7.5 18.5 7.5 18.5 14"
EARS = "M3.9 12.6 L8.5 12.6 L8.5 16.4 L3.9 16.4 Z M15.5 12.6 L20.1 12.6 L20.1 16.4 L15.5 16.4 Z"
HOURGLASS = "M7.5 5.5 L16.5 5.5 M7.5 18.5 L16.5 18.5 M8.5 6 C8.5 11 15.5 13 15.5 18 M15.5 6 C15.5 11 8.5 13 8.5 18"
SAND = "M12 12.6 L14.8 18 L9.2 18 Z"
DOTS = " ".join(f"O {x} {y} 1.5" for y in (7.2, 12, 16.8) for x in (7.2, 12, 16.8))
BELL = "M7 15.5 L17 15.5 M8.5 15 C9 13 8.7 12 8.7 10.8 C8.7 6.4 15.3 6.4 15.3 10.8 C15.3 12 15 13 15.5 15"
BELL_ARCS = "M5.6 6.8 C4.4 8.4 4.2 10.2 4.6 12 M18.4 6.8 C19.6 8.4 19.8 10.2 19.4 12"
CRADLE = "M6 19 L18 19"
ARROW_DOWN = "M12 13.5 L12 20 M9.2 17.4 L12 20.2 L14.8 17.4"
SHEET = "M7.5 5 L13.5 5 L17 8.5 L17 19 L7.5 19 Z M13.2 5.5 L13.2 9 L16.8 9"
WRITING = "M10 12.5 L14.5 12.5 M10 15.7 L14.5 15.7"
DIALING, RINGBACK = Drawing(filled=DOTS), Drawing(
    "M8.8 9.4 C10.2 10.9 10.2 13.1 8.8 14.6 M11.9 6.9 C14.7 9.8 14.7 14.2 11.9 17.1 M15 4.6 C19 8.7 19 15.3 15 19.4",
    "O 5.8 12 1.7",
)  # fmt: skip
RINGING, HELD = Drawing(f"{BELL} {BELL_ARCS}", "O 12 18.2 1.5"), Drawing(HOURGLASS, SAND, scale=0.9)
TALKING = Drawing(HANDSET, EARS, turned=-45, moved_y=-1.4)
WRAP_UP = Drawing("M5.8 18.2 L7 14 L15.2 5.8 L18.2 8.8 L10 17 Z M13 8 L16 11", "M5.4 18.6 L6.4 15.4 L8.6 17.6 Z")
KEPT = Drawing(HOURGLASS, SAND)

GLYPHS = {
    LineState.NOT_LOADED: Drawing(),
    SeatState.OFF: Drawing(),
    LineState.LOADED: Drawing("M7 12 L17 12"),
    LineState.IDLE: Drawing(f"{HANDSET} {CRADLE}", EARS, scale=0.92, moved_y=-0.6),
    SeatState.IDLE_PHONE: Drawing(
        "M5 9.6 C5 4.6 19 4.6 19 9.6 M8.6 10.8 L15.4 10.8 L18 18.5 L6 18.5 Z", "O 12 14.8 1.8"
    ),
    SeatState.IDLE_PC: Drawing("M5 6 L19 6 L19 15 L5 15 Z M12 15 L12 18.8 M8.5 18.8 L15.5 18.8"),
    LineState.RINGING_IN: RINGING,
    SeatState.RINGING: RINGING,
    LineState.DIALING: DIALING,
    SeatState.DIALING: DIALING,
    LineState.RINGBACK: RINGBACK,
    SeatState.RINGBACK: RINGBACK,
    LineState.TALKING: TALKING,
    SeatState.TALKING: TALKING,
    LineState.HELD: HELD,
    SeatState.HELD: HELD,
    LineState.WAIT_HANGUP: Drawing(
        f"M5.5 9.5 C5.5 4.5 18.5 4.5 18.5 9.5 {ARROW_DOWN}",
        "M3.9 8.6 L8 8.6 L8 11.8 L3.9 11.8 Z M16 8.6 L20.1 8.6 L20.1 11.8 L16 11.8 Z",
        scale=0.92,
    ),
    LineState.FAXING: Drawing(f"{SHEET} {WRITING}", scale=0.92),
    LineState.DISCONNECTED: Drawing("M3.4 12 L6.6 12 M17.4 12 L20.6 12 M8.6 8.6 L15.4 15.4 M15.4 8.6 L8.6 15.4"),
    SeatState.PAUSED: Drawing(
        filled="M7.4 6.8 L10.4 6.8 L10.4 17.2 L7.4 17.2 Z M13.6 6.8 L16.6 6.8 L16.6 17.2 L13.6 17.2 Z"
    ),
}


class Sign(Enum):
    """What buttons and notices show beside their words."""

    ANSWER = TALKING
    HANG_UP = Drawing(HANDSET, EARS)
    HOLD = HELD
    PAUSE = GLYPHS[SeatState.PAUSED]
    READY = Drawing("M5 12.8 L10 17.6 L19.2 7")
    MUTE = Drawing(
        "M12 3.5 C9 3.5 9 5 9 7 L9 11 C9 15 15 15 15 11 L15 7 C15 5 15 3.5 12 3.5 "
        "M6 11 C6 19.5 18 19.5 18 11 M12 17.5 L12 21 M4 3.5 L20 20.5"
    )
    TRANSFER = Drawing("M4 12 L19.5 12 M14 6.5 L19.5 12 L14 17.5")
    THREE_WAY = Drawing("M12 6.5 L6 17 M12 6.5 L18 17 M6 17 L18 17", "O 12 6 3 O 5.8 17.4 3 O 18.2 17.4 3")
    KEYPAD = DIALING
    RECORD = Drawing("O 12 12 9", "O 12 12 5")
    SECRET = Drawing("M5.5 11 L18.5 11 L18.5 20 L5.5 20 Z M8 11 L8 8 C8 2.8 16 2.8 16 8 L16 11", "O 12 15.5 1.7")
    FAX = Drawing(f"{SHEET} {WRITING}")
    MESSAGE = Drawing("M3.5 6 L20.5 6 L20.5 18.5 L3.5 18.5 Z M4 6.8 L12 13 L20 6.8")
    FIND = Drawing("O 10.5 10.5 6 M15 15 L20.5 20.5")
    LISTEN = Drawing(
        "M4.5 14 C4.5 2 19.5 2 19.5 14", "M3.4 13 L7.6 13 L7.6 20 L3.4 20 Z M16.4 13 L20.6 13 L20.6 20 L16.4 20 Z"
    )
    MENU = Drawing("M4 6.5 L20 6.5 M4 12 L20 12 M4 17.5 L20 17.5")
    PROBLEM = Drawing("M12 3.5 L21.5 20 L2.5 20 Z M12 10 L12 14", "O 12 17 1.3")
    INFO = Drawing("O 12 12 9.5 M12 11.5 L12 16.5", "O 12 7.6 1.4")
    GOOD = Drawing("O 12 12 9.5 M7.6 12.4 L10.8 15.6 L16.4 9")
