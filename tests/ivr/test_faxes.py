"""Faxes in menus: what a menu can ask for, and when a fax machine that calls ends it."""

from __future__ import annotations

import numpy as np
from zope.interface import implementer

from callserver.calls.call import Call
from callserver.dsp.tones import tone
from callserver.ivr.interfaces import ICall, IMenu
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.runner import MenuRunner
from callserver.lines.interfaces import Caller
from tests.ivr.test_runner import RunnerCase


class Faxes:
    """Implements ivr's Faxes: sends and receives at once, and remembers."""

    def __init__(self) -> None:
        self.of: list[str] = []

    async def give_document(self, call: MenuCall, number: str) -> str:
        self.of.append(f"document {number}")
        return "sent"

    async def receive(self, call: MenuCall) -> str:
        self.of.append("receive")
        return "received"


@implementer(IMenu)
class Greets:
    """Greets for ever, and takes faxes or does not."""

    name = "test"

    def __init__(self, *, takes_fax: bool = True) -> None:
        self.takes_fax = takes_fax

    async def run(self, call: ICall) -> None:
        while not await call.collect("welcome", first_timeout_s=5.0):
            pass


class FaxesTests(RunnerCase):
    def setUp(self) -> None:
        super().setUp()
        self.faxes: Faxes | None = Faxes()

    def menu_call(self, call: Call) -> MenuCall:
        return MenuCall(call, self.voice, self.people, self.shop.clock, faxes=self.faxes)

    def call(self, menu: IMenu, *, on_this_line: bool = True) -> Call:
        """A caller is served by this menu."""
        self.shop.lines[0].far_end.ring(Caller("13912345678"))
        self.shop.wait(0.1)
        call = self.shop.incoming[-1]
        runner = MenuRunner({"test": menu}, self.menu_call, "operator", takes_fax=lambda call: on_this_line)
        runner.serve(call, "test")
        self.shop.wait(3)
        return call

    def sound_calling_tone(self) -> None:
        for _ in range(3):
            self.shop.hear(tone([1100.0], 4000, -14.0).astype(np.float32))
            self.shop.wait(3)

    def test_calling_tone(self) -> None:
        """The menu ends, the fax is received, and then the call is over."""
        call = self.call(Greets())
        self.sound_calling_tone()
        assert self.faxes is not None
        self.assertEqual(self.faxes.of, ["receive"])
        self.assertIsNotNone(call.ended)

    def test_not_here(self) -> None:
        """Neither on a line that takes no faxes, nor in a menu that says so."""
        for menu, on_this_line in ((Greets(), False), (Greets(takes_fax=False), True)):
            call = self.call(menu, on_this_line=on_this_line)
            self.sound_calling_tone()
            assert self.faxes is not None
            self.assertEqual(self.faxes.of, [])
            self.assertIsNone(call.ended)
            self.shop.lines[0].far_end.hang_up()
            self.shop.wait(3)

    def test_asked_for(self) -> None:
        """A menu sends a document and receives, and goes on."""
        came: list[str] = []

        async def story(call: ICall) -> None:
            came.append(await call.fax_document("12"))
            came.append(await call.receive_fax())

        self.serve(story)
        self.shop.wait(1)
        assert self.faxes is not None
        self.assertEqual((came, self.faxes.of), (["sent", "received"], ["document 12", "receive"]))

    def test_no_faxes_in_this_house(self) -> None:
        """Where there are none the caller is told so, and nothing is received."""
        self.faxes, came = None, list[str]()

        async def story(call: ICall) -> None:
            came.append(await call.fax_document("12"))
            came.append(await call.receive_fax())

        self.serve(story)
        self.shop.wait(4)
        self.assertEqual(came, ["not_now", "not_now"])
        self.assertEqual(self.shop.prompts(), ["fax-not-now"])
