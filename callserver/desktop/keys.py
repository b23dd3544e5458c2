"""The keys of the agents' window: one table, which buttons, tooltips, menus and the list of F1 read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from callserver.wire.catalogue import N_, known


class Act(Enum):
    """What can be done by one key, in the order in which the list of keys tells it."""

    KEYS = N_("Key list")
    ANSWER = N_("Answer")
    REJECT = N_("Reject")
    DIAL = N_("Dial")
    HANG_UP = N_("Hang up")
    FIND = N_("Find customer")
    HOLD = N_("Hold")
    MUTE = N_("Mute")
    TRANSFER = N_("Transfer")
    THREE_WAY = N_("Three-way")
    KEYPAD = N_("Keypad")
    RECORD = N_("Record")
    SECRET = N_("Secret")
    READY = N_("Ready")
    PAUSE = N_("Pause")
    TAB_1 = N_("Customer")
    TAB_2 = N_("Orders")
    TAB_3 = N_("Delivery")
    TAB_4 = N_("Faults")
    TAB_5 = N_("Notes")
    TAB_6 = N_("History")
    NEW_ORDER = N_("New order")
    SAVE = N_("Save")
    CARRY_OUT = N_("Carry out")
    MISSED = N_("Missed calls")
    MESSAGES = N_("Messages")
    FAX = N_("Fax")
    GRAB = N_("Grab")
    PICK_UP = N_("Pick up")
    BOARD = N_("Board")
    LISTEN = N_("Listen")
    PARK = N_("Park")
    FAVOURITE = N_("Favourite on/off")
    OUTCOME = N_("Call's outcome")
    REMOVE = N_("Remove item")
    PLAY = N_("Play or pause")
    BACK = N_("10 seconds back")
    FORWARD = N_("10 seconds on")
    RECORDINGS = N_("Recordings")
    STAFF = N_("Staff")
    SETTINGS = N_("Settings")
    DEVICES = N_("Headset and microphone")
    WALLBOARD = N_("Wallboard")
    WALL_WINDOW = N_("Wallboard's own window")
    LOG_OUT = N_("Log out")
    CLOSE = N_("Close a panel")


# As `QKeySequence` reads them; what has none is in the menu only. No plain letters (input methods swallow them), no
# Ctrl+Space and Shift+Space (they switch these), no F10 (the menu bar).
KEYS: Mapping[Act, str] = {
    Act.KEYS: "F1",
    Act.ANSWER: "F2",
    Act.REJECT: "Shift+F2",
    Act.DIAL: "F3",
    Act.HANG_UP: "F4",
    Act.FIND: "F5",
    Act.HOLD: "F6",
    Act.MUTE: "F7",
    Act.TRANSFER: "F8",
    Act.THREE_WAY: "F9",
    Act.KEYPAD: "F11",
    Act.RECORD: "F12",
    Act.SECRET: "Shift+F12",
    Act.READY: "Ctrl+R",
    Act.PAUSE: "Ctrl+P",
    Act.TAB_1: "Ctrl+1",
    Act.TAB_2: "Ctrl+2",
    Act.TAB_3: "Ctrl+3",
    Act.TAB_4: "Ctrl+4",
    Act.TAB_5: "Ctrl+5",
    Act.TAB_6: "Ctrl+6",
    Act.NEW_ORDER: "Ctrl+N",
    Act.SAVE: "Ctrl+S",
    Act.CARRY_OUT: "Ctrl+Return",
    Act.MISSED: "Ctrl+M",
    Act.MESSAGES: "Ctrl+T",
    Act.FAX: "Ctrl+J",
    Act.GRAB: "Ctrl+G",
    Act.PICK_UP: "Ctrl+U",
    Act.BOARD: "Ctrl+B",
    Act.LISTEN: "Ctrl+L",
    Act.PARK: "Ctrl+K",
    Act.FAVOURITE: "Ctrl+D",
    Act.OUTCOME: "Alt+1",
    Act.REMOVE: "Del",
    Act.PLAY: "Space",
    Act.BACK: "Left",
    Act.FORWARD: "Right",
    Act.WALL_WINDOW: "Ctrl+F11",
    Act.LOG_OUT: "Ctrl+Q",
    Act.CLOSE: "Esc",
}

# Keys of the one widget that knows them, such as the list of recordings; elsewhere they type, and move.
WITHIN = frozenset({Act.OUTCOME, Act.REMOVE, Act.PLAY, Act.BACK, Act.FORWARD})
OUTCOMES = range(1, 10)  # a digit each


def keys(own: Mapping[str, str]) -> dict[Act, str]:
    """
    The table with what this person has put in other places: {name of an Act: key}.

    Two acts can change places. A name that there is not, and a key that another act has in the end, is left out: two
    acts on one key would do neither.
    """
    wanted = {Act[name]: key for name, key in own.items() if name in Act.__members__ and key}
    while True:
        table, taken = {**KEYS, **wanted}, set[str]()
        for act in sorted(table, key=lambda act: act in wanted):  # who keeps his key has the first right to it
            pressed = {key.casefold() for key in pressed_for(act, table[act])}
            if pressed & taken and act in wanted:
                del wanted[act]
                break
            taken |= pressed
        else:
            return table


def pressed_for(act: Act, key: str) -> tuple[str, ...]:
    """All keys of an act: an outcome has one for each digit."""
    return tuple(outcome_key(key, code) for code in OUTCOMES) if act is Act.OUTCOME else (key,)


def outcome_key(key: str, code: int) -> str:
    """
    Of one outcome.

    :param key: the table's, of the first
    """
    return key.removesuffix("1") + str(code)


def shown(key: str) -> str:
    """As people write it."""
    return key.replace("Return", "Enter")


def shown_for(act: Act, key: str, language: str) -> str:
    """As the list of keys has it."""
    if act is Act.OUTCOME:
        return f"{shown(key)}…{OUTCOMES[-1]}"
    signs = {"Left": "←", "Right": "→", "Space": known(language, N_("Space"))}
    return signs.get(key, shown(key))
