"""A telephone's keys on a computer's keyboard."""

from callserver.emulator.narration import STAGES
from callserver.wire.catalogue import N_, known
from callserver.wire.terminal import person_language

DIGITS = "0123456789*#"
ENTER, BACKSPACE = "\r\n", "\x7f\b"
QUIT = "q\x03\x04"
HELP = N_("Enter: dial, answer · space: hook · s: speak · q: quit")


class Keypad:
    """
    Keys in, lines of script out.

    :param voices: WAV files that `s` speaks in turn
    `stage`: where the exchange is with the telephone, set from outside; `number`: what was dialled, or will be
    """

    def __init__(self, voices: list[str]) -> None:
        self.stage, self.number, self._voices, self._next = "on hook", "", voices, 0

    def feed(self, key: str) -> str:
        """
        One keystroke: on hook digits make a number, Enter dials it; off hook they are pressed as they come.

        :return: the line of script to do, "quit", or nothing yet
        """
        if key in QUIT:
            return "quit"
        if key == "s" and self._voices:
            self._next += 1
            return f'speak "{self._voices[(self._next - 1) % len(self._voices)]}"'
        if self.stage == "ringing":
            return "answer" if key in ENTER + " " else ""
        return self._on_hook(key) if self.stage == "on hook" else self._off_hook(key)

    def status(self, seconds: float, note: str) -> str:
        """One line that says how things are."""
        minutes, rest = divmod(int(seconds), 60)
        stage = known(person_language(), STAGES.get(self.stage, self.stage))
        return f"[{stage} {minutes}:{rest:02}] {self.number}  {note}".rstrip()

    def _on_hook(self, key: str) -> str:
        if key in BACKSPACE:
            self.number = self.number[:-1]
        elif key in DIGITS:
            self.number += key
        elif key == " " or (key in ENTER and not self.number):
            self.number = ""
            return "lift"
        elif key in ENTER:
            return f"dial {self.number}"
        return ""

    def _off_hook(self, key: str) -> str:
        if key in DIGITS:
            if self.stage != "talking":  # then they are for who has answered
                self.number += key
            return f"press {key}"
        if key == " ":
            self.number = ""
            return "hang up"
        return ""
