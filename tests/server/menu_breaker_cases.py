"""
A menu that does not give the server back is ended, whatever it does, and its caller goes to a person.

Run by `test_menu_breaker` in a process of its own: these tests block on purpose, and a signal of the whole process
breaks them off. Whatever other tests have left in a process (threads, signals) has no part in it, and one that hangs
says where within a minute.
"""

import faulthandler
import gc
import signal
from pathlib import Path
from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.ivr.discovery import find_menus
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.runner import MenuRunner
from callserver.ivr.voice import Voice
from callserver.lines.interfaces import Caller
from callserver.server.menu_breaker import MenuBreaker
from callserver.server.stalls import place_of
from callserver.server.turns import Turns
from callserver.wire.causes import Cause, Reason
from tests.shop import FewPrompts, VirtualShop

MENU = """
import contextlib, re, socket, subprocess, threading, time
from twisted.internet.defer import Deferred
from zope.interface import implementer
from callserver.ivr.interfaces import ICall, IMenu

kept = []

@implementer(IMenu)
class Blocks:
    name = "blocks"

    async def run(self, call):
        await call.answer()
{body}

blocks = Blocks()
"""
BODIES = {
    "sleeps": "time.sleep(3600)",
    "spins": "while True: pass",
    "searches": 're.match(r"(a+)+b", "a" * 60)',
    "catches all and sleeps on": "while True:\n    try: time.sleep(3600)\n    except BaseException: pass",
    "sleeps where it has caught": "try: time.sleep(3600)\nexcept BaseException: time.sleep(3600)",
    "keeps what it has caught": (
        "while True:\n    try: time.sleep(3600)\n    except BaseException as caught: kept.append(caught)"
    ),
    "catches within what catches": (
        "while True:\n    try:\n        while True:\n            try: time.sleep(3600)\n"
        "            except BaseException: pass\n    except BaseException: pass"
    ),
    "suppresses": "while True:\n    with contextlib.suppress(BaseException): time.sleep(3600)",
    "goes on in finally": "while True:\n    try: time.sleep(3600)\n    finally: continue",
    "another exception": (
        "while True:\n    try: time.sleep(3600)\n    except BaseException as caught:\n"
        "        try: raise ValueError from caught\n        except ValueError: pass"
    ),
    "waits for a lock": "lock = threading.Lock()\nlock.acquire()\nlock.acquire()",
    "waits for the network": "ours, theirs = socket.socketpair()\nours.recv(1)",
    "waits for a program": "subprocess.run(['sleep', '30'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)",
    "asks again and again": "while True:\n    try: call.id\n    except Exception: pass",
}


LIMIT_S = 60.0


class OneTurn(Turns):
    """A reactor that does not come round again."""

    def waits(self, frame: object) -> bool:
        return False


class People:
    """A queue that notes who comes."""

    def __init__(self) -> None:
        self.came: list[str] = []

    async def enter(self, queue: str, call: Any, priority: int | None = None) -> str:
        self.came.append(call.id)
        await Deferred()
        return ""


class MenuBreakerTests(SynchronousTestCase):
    def setUp(self) -> None:
        faulthandler.dump_traceback_later(LIMIT_S, exit=True)
        self.addCleanup(faulthandler.cancel_dump_traceback_later)
        self.shop, self.people = VirtualShop(), People()
        self.breaker = MenuBreaker(OneTurn(None), period_s=0.01, patience=2)
        self.addCleanup(self.breaker.stop)

    def serve(self, body: str) -> str:
        """A caller comes to a menu of this body; his call."""
        folder = Path(self.mktemp())
        folder.mkdir()
        indented = "\n".join(f"        {line}" for line in body.splitlines())
        (folder / "blocks.py").write_text(MENU.replace("{body}", indented), "utf-8")
        voice = Voice(cast(Any, FewPrompts()), cast(Any, FewPrompts()), self.shop.clock)
        menus = find_menus(folder).menus  # an import is timed as well, by the same signal
        self.breaker.start()
        runner = MenuRunner(
            menus,
            lambda call: MenuCall(call, voice, self.people, self.shop.clock),
            "operator",
        )
        self.shop.lines[0].far_end.ring(Caller("13912345678"))
        self.shop.wait(1)
        call = self.shop.incoming[-1]
        runner.serve(call, "blocks")
        self.shop.wait(1)
        return call.id

    def test_every_way_to_block(self) -> None:
        """However it blocks, it ends, and who is still there is handed on."""
        for name, body in BODIES.items():
            with self.subTest(name):
                self.setUp()
                call_id = self.serve(body)
                self.assertTrue(self.breaker.take_interrupted())
                self.assertEqual(self.people.came, [call_id])
                self.breaker.stop()
                self.flushLoggedErrors()

    def test_in_the_servers_own_code(self) -> None:
        """What the server does for a menu is not broken off in the middle: the menu's next line is."""
        self.serve(BODIES["asks again and again"])
        (failure,) = self.flushLoggedErrors()
        ours = [name for name in ("menu_call.py", "voice.py") if name in failure.getTraceback()]
        self.assertEqual(ours, [])

    def test_menu_with_the_same_signal(self) -> None:
        """A menu that uses the signal for a time-out of its own does not switch this off for good."""
        for taken in (lambda: signal.signal(signal.SIGALRM, signal.SIG_IGN), lambda: signal.alarm(0)):
            self.breaker.start()
            taken()
            self.breaker.keep()
            self.assertEqual(signal.getitimer(signal.ITIMER_REAL)[1], 0.01)
            self.assertTrue(callable(signal.getsignal(signal.SIGALRM)))
            self.breaker.stop()

    def test_a_menu_at_work(self) -> None:
        """One that gives the server back in time is left alone."""
        self.serve("await Deferred()")
        self.assertFalse(self.breaker.take_interrupted())
        self.assertEqual(self.people.came, [])

    def test_its_timers(self) -> None:
        """What a menu's file does in a timer or in a callback is broken off as well, and nobody's call with it."""
        self.serve("call.when_ended().addCallback(lambda _: time.sleep(3600))\nawait Deferred()")
        (call,) = self.shop.calls
        call.end("caller", Reason(Cause.CALLER_HUNG_UP))
        self.assertTrue(self.breaker.take_interrupted())
        self.assertEqual(self.people.came, [])
        gc.collect()
        self.assertTrue(self.flushLoggedErrors())

    def test_who_is_named(self) -> None:
        """Menu, line of the shop, file and line of the file, where it stands."""
        places = []
        self.patch(MenuBreaker, "_break", lambda breaker, frame: places.append(place_of(frame)) or 1 / 0)
        self.serve("while True: pass")
        self.flushLoggedErrors(ZeroDivisionError)
        (place,) = places
        self.assertEqual((place.menu, place.channel, place.function, place.line), ("blocks", "line 1", "run", 15))
        self.assertTrue(place.file.endswith("blocks.py"))
