"""The way a caller has come through the menus, in words: "shop › Main menu › To order › Item number 1203 › Person"."""

from __future__ import annotations

from collections.abc import Iterable

from callserver.desktop.foreign import beside
from callserver.wire.catalogue import N_, known

TITLES = {  # what the shop's own menus ask, by the sentence with which they ask it
    "main-menu": N_("Main menu"),
    "choose-language": N_("Language"),
    "enter-item-number": N_("Item number"),
    "enter-quantity": N_("Quantity"),
    "enter-reserve-quantity": N_("Quantity to reserve"),
    "enter-member-number": N_("Member number"),
    "enter-pin": N_("PIN"),
    "enter-order-number": N_("Order number"),
    "enter-your-number": N_("Own telephone number"),
    "enter-area-code": N_("Area code"),
    "fax-enter-document": N_("Document number"),
    "mail-enter-box": N_("Mailbox"),
}
WISHES = {
    "main-menu": {
        "1": N_("To order"),
        "2": N_("To reserve"),
        "3": N_("Own account"),
        "4": N_("Orders and delivery"),
        "5": N_("Documents by fax"),
        "6": N_("To report a fault"),
    },
    "choose-language": {"1": N_("Chinese"), "2": N_("English")},
}
WANTS_PERSON = {
    "0": N_("Person"),
    "key 0": N_("Person"),
    "no input": N_("keyed in nothing"),
    "wrong keys": N_("wrong keys"),
    "too many rounds": N_("went round"),
    "no number": N_("gave no number"),
    "no menu": N_("no menu"),
}
NOTHING = "-"  # he has let it pass


def path_text(path: Iterable[str], language: str) -> str:
    """All of it on one line; what is of a menu of the shop's own making is called as there."""
    said = [words for step in path for words in _step(step, language)]
    return " › ".join(words for words, before in zip(said, ["", *said], strict=False) if words != before)


def _step(step: str, language: str) -> list[str]:
    if step in WANTS_PERSON:
        return [known(language, WANTS_PERSON[step])]
    asked, is_answer, keyed = step.rpartition(": ")
    if not is_answer:
        return [beside(known(language, step))]
    if keyed == NOTHING:
        return []
    asked = asked.rpartition("/")[2]  # "zh/choose-language"
    wishes, title = WISHES.get(asked), known(language, TITLES.get(asked, ""))
    if keyed == "0":  # everywhere
        return [title, known(language, WANTS_PERSON["0"])] if wishes and title else [known(language, WANTS_PERSON["0"])]
    if wishes is not None:
        return [title, known(language, wishes[keyed])] if keyed in wishes else [f"{title} {keyed}"]
    return [f"{title} {keyed}".lstrip()]
