"""A whole shop with mailboxes, guests who leave messages there, and owners who call to hear them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.organisation.parts import Part
from callserver.dsp.sound.files import read_wav, write_wav
from callserver.emulator.script_run import run_script
from callserver.features.voicemail import rules
from callserver.features.voicemail.rules import Box, Message
from callserver.ivr.prompts import FOLDER
from callserver.wire.records import EventRecord
from callserver.wire.rights import Right
from callserver.wire.script_words import ScriptError
from tests.whole.virtual_shop import LONGEST_S, VirtualShop

GUEST, OWNER = "13912345678", "13700000001"
PIN = "730462"
ENCRYPTED = MappingProxyType({"encrypt = no": "encrypt = yes"})
MENU = """
[menu]
languages = {languages}
start = main

[choice main]
zh = 留言请按1，收听留言请按2。
en = To leave a message, press 1. To hear yours, press 2.
press 1 = {target}
press 2 = plugin mailbox
"""
NEXT = "wait silence 1.2 within 60\n"


class MailShop(VirtualShop):
    """`events`: all that has happened."""

    def __init__(
        self,
        case: SynchronousTestCase,
        n_lines: int = 1,
        *,
        language: str = "zh",
        target: str = "mailbox 12",
        settings: Mapping[str, str] = MappingProxyType({}),
        before: MailShop | None = None,
    ) -> None:
        folder = Path(case.mktemp()).absolute() if before is None else before.plugins
        self.plugins = folder
        folder.mkdir(exist_ok=True)
        (folder / "front.ini").write_text(MENU.format(languages=language, target=target), "utf-8")
        own = {"plugins = plugins": f"plugins = {folder}", "menu = shop": "menu = front"}
        super().__init__(case, n_lines, settings={**own, **settings} if before is None else {}, before=before)
        self.events: list[EventRecord] = []
        self.server.events.watch(self.events.append)
        self.voice = Path(case.mktemp()).absolute().with_suffix(".wav")
        self.words = read_wav(FOLDER / language / "reservation-expired.wav")
        write_wav(self.voice, self.words)

    def killed(self) -> MailShop:
        self._is_killed = True
        return MailShop(self._case, *self._of_the_lines[:1], before=self)

    def add_box(self, number: str = "12", pin: str = PIN, **settings: Any) -> Box:
        """One box, known to callers at once."""
        box = Box(number, settings.pop("name", f"Box {number}"), **settings)
        self.until(self.server.store.write(rules.add_box, box))
        if pin:
            self.until(self.server.store.write(rules.set_pin, number, rules.pin_stored(pin)))
        self.look()
        return box

    def look(self) -> None:
        """The server knows what was written now."""
        self.until(Deferred.fromCoroutine(self.mailboxes.directory.follow()))

    def rights_of(self, number: str, *rights: Right) -> None:
        """Somebody holds these from now on."""
        self.until(self.server.centre.staff.set_rights(number, rights))

    def group(self, name: str, *numbers: str) -> None:
        """A group with these members."""
        self.until(self.server.centre.organisation.save(Part.GROUP, name, {"members": ", ".join(numbers)}))

    @property
    def mailboxes(self) -> Any:
        return self.server._mailboxes

    @property
    def exchange(self) -> Any:
        assert self.server.exchange is not None
        return self.server.exchange

    def begins(self, script: str, number: str = GUEST) -> Deferred[Any]:
        """A caller begins with this; fires when he is through."""
        text = f"dial 8008\nwait answer\n{script.format(voice=self.voice, next=NEXT)}"
        doing: Deferred[Any] = run_script(self.exchange, text, phone=self.exchange.add_phone(number))
        doing.addErrback(lambda failure: failure.trap(CancelledError, ScriptError))
        self._agents.append(doing)
        return doing

    def calls(self, script: str, number: str = GUEST) -> list[str]:
        """A whole call; what he was told, in order."""
        n_before = len(self.events)
        self.until(self.begins(script, number))
        self.wait(3)
        return self.told(n_before)

    def told(self, since: int = 0) -> list[str]:
        """Prompts, from this event on."""
        said = [event.data["names"] for event in self.events[since:] if event.kind == "prompt"]
        return [str(name) for names in said for name in names]  # type: ignore[union-attr]

    def leaves(self, keys: str = "#", number: str = GUEST, speak: str = "{voice}") -> list[str]:
        """A guest's whole call: a message, and these keys one after the other, each after what he hears."""
        pressed = "".join(f"{NEXT}press {key}\n" for key in keys)
        script = f"{NEXT}press 1\n{NEXT}speak {speak}\nwait 0.3\npress #\n{pressed}wait hang up within 90\nhang up\n"
        return self.calls(script, number)

    def opens(
        self, *keys: str, box: str = "12", pin: str = PIN, number: str = OWNER, hangs_up: bool = False
    ) -> list[str]:
        """An owner's whole call: he comes in and presses these, each after what he hears."""
        pressed = "".join(f"{NEXT}press {key}\n" for key in (f"{box}#", f"{pin}#", *keys))
        end = "wait 15\nhang up\n" if hangs_up else "wait hang up within 300\nhang up\n"
        return self.calls(f"{NEXT}press 2\n{pressed}{end}", number)

    def messages(self, box: str = "12") -> list[Message]:
        """As the database has them."""
        self.wait(1)
        return list(self.ask(rules.messages, box))

    def happened(self, kind: str) -> list[dict[str, Any]]:
        return [dict(event.data) for event in self.events if event.kind == kind]

    def until_so(self, condition: Any, what: str = "it does not come about") -> None:
        """Time passes until this is so."""
        reactor = self.world.reactor
        if not reactor.run_until(condition, reactor.seconds() + LONGEST_S):
            raise AssertionError(f"{what} in {LONGEST_S:g} s")
