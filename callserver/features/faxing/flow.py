"""The menu of a line that gives documents by fax, "fax" in config.ini."""

from __future__ import annotations

from zope.interface import implementer

from callserver.ivr.dialogue import WantsPerson, rounds
from callserver.ivr.interfaces import ICall, IMenu

LANGUAGES = {"1": "zh", "2": "en"}
GREETING = ("zh/welcome", "zh/choose-language", "en/choose-language")


@implementer(IMenu)
class FaxMenu:
    """Documents by fax, and nothing else; whoever calls with a fax machine of his own is received."""

    name = "fax"

    async def run(self, call: ICall) -> None:
        await call.answer()
        key = await call.collect(*GREETING)
        if key == "0":
            raise WantsPerson("key 0")
        call.language = LANGUAGES.get(key, "zh")
        for _ in rounds():
            if await call.fax_document() in ("no_document", "not_now"):
                return
