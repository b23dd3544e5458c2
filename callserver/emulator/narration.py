"""What happens on a telephone, for a person to read."""

from callserver.wire.catalogue import N_, known
from callserver.wire.terminal import person_language

WORDS = {  # of the script and of its happenings, by their first word
    "caller": N_("calling number"),
    "dial": N_("dials"),
    "wait": N_("waits"),
    "press": N_("presses keys"),
    "speak": N_("speaks"),
    "lift": N_("lifts"),
    "answer": N_("answers"),
    "hang": N_("hang up"),
    "ringback": N_("ring-back"),
    "answered": N_("the other end has answered"),
    "busy": N_("the number is busy"),
    "unobtainable": N_("there is no such number"),
    "gone": N_("the other end has hung up"),
    "bell": N_("ringing"),
}
STAGES = {
    "on hook": N_("on hook"),
    "ringing": N_("ringing"),
    "dialling": N_("dialling"),
    "ringback": N_("ring-back"),
    "talking": N_("talking"),
    "tone": N_("tone, nobody there"),
}


def told(at_s: float, what: str) -> str:
    """One line: when, what."""
    return f"{at_s:8.2f} s  {glossed(what, person_language())}"


def glossed(what: str, language: str) -> str:
    """A happening as the script has it; who does not read English is told in his language too."""
    word = what.split(" ")[0]
    also = known(language, WORDS[word]) if word in WORDS and language != "en" else ""
    return f"{what}  {also}".rstrip()
