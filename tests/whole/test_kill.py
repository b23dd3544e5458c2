"""Pull the plug in the middle of a talk: exchange, server and agent as processes of their own, as a shop runs them."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
import wave
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from callserver.commands.demo import AGENT_VOICE, CALLER_VOICE, voice
from callserver.emulator.client import RemotePhone, open_phone
from callserver.server.shop_folder import ShopFolder
from tests.whole.alignment import track

TOP = Path(__file__).parents[2]


class Child(ProcessProtocol):
    """A program whose words can be waited for."""

    def __init__(self) -> None:
        self.text = ""
        self.ended: Deferred[None] = Deferred()
        self._waiting: list[tuple[str, Deferred[None]]] = []

    def outReceived(self, data: bytes) -> None:
        self.text += data.decode("utf-8", "replace")
        for words, waiting in tuple(self._waiting):
            if words in self.text:
                self._waiting.remove((words, waiting))
                waiting.callback(None)

    def errReceived(self, data: bytes) -> None:
        self.outReceived(data)

    def processEnded(self, reason: object) -> None:
        self.ended.callback(None)
        for words, waiting in self._waiting:
            waiting.errback(AssertionError(f"ended without saying {words!r}:\n{self.text}"))

    def says(self, words: str, within_s: float = 60.0) -> Deferred[None]:
        """Fires when these words have been said."""
        said: Deferred[None] = Deferred()
        if words in self.text:
            said.callback(None)
        else:
            self._waiting.append((words, said))
        return said.addTimeout(within_s, reactor)

    def send(self, name: str) -> None:
        if not self.ended.called:
            self.transport.signalProcess(name)


class ProcessCase(TestCase):
    """Exchange, server and agents as processes of their own."""

    timeout = 240
    settings = ""  # more of [agents]

    def setUp(self) -> None:
        self.path = Path(mkdtemp(prefix="callserver-kill-"))  # short: a socket's path must be
        self.shop = ShopFolder(self.path / "shop")
        self.socket = self.path / "exchange.sock"
        self.addCleanup(lambda: subprocess.run(["rm", "-r", str(self.path)], check=True))

    def run_program(self, *arguments: str) -> Child:
        child = Child()
        command = [sys.executable, "-m", *arguments]
        environment = os.environ | {"PYTHONPATH": str(TOP), "LANG": "C.UTF-8"}
        reactor.spawnProcess(child, sys.executable, command, env=environment, path=str(self.path))
        self.addCleanup(self.end, child)
        return child

    async def end(self, child: Child) -> None:
        child.send("KILL")
        await child.ended

    async def stop_at_once(self, server: Child) -> None:
        """Also while somebody talks, which a first signal waits for."""
        server.send("TERM")
        await server.says("The server stops")
        server.send("TERM")
        await server.ended

    async def open_exchange(self, *menus: str) -> None:
        """
        :param menus: of its lines, one after the other; one line to a person, if none is named
        """
        menus = menus or ("person",)
        links = self.path / "lines"
        links.mkdir()
        exchange = self.run_program(
            "callserver",
            "emulate",
            "exchange",
            f"--lines={len(menus)}",
            f"--links={links}",
            f"--socket={self.socket}",
            "--json",
        )
        await exchange.says("\n")
        self.shop.path.mkdir()
        self.shop.config_file.write_text(
            f"[agents]\nport = 0\n{self.settings}\n[recording]\nannounce = no\n"
            f"[server]\nplugins = {self.path}\n"
            + "".join(f"[line {n}]\ndevice = {links / f'line-{n}'}\nmenu = {menu}\n" for n, menu in enumerate(menus, 1))
        )
        (self.path / "menus_here.py").write_text(MENUS)

    def start_server(self) -> Child:
        return self.run_program("callserver", "start", f"--shop={self.shop.path}")

    async def phone(self, number: str = "13912345678") -> RemotePhone:
        telephone = RemotePhone()
        await open_phone(reactor, self.socket, telephone, (number, "Li Ming", False))
        self.addCleanup(telephone.transport.loseConnection)
        return telephone

    def start_agent(self, server: Child, number: str = "801") -> Child:
        found = re.search(r"Agents' port\D*(\d+)", server.text)
        assert found, server.text
        port = found.group(1)
        self.in_database("UPDATE staff SET must_change = 0")
        return self.run_program(
            "callserver.desktop", "--headless", f"--number={number}",
            f"--password-file={self.shop.first_passwords / number}",
            f"--port={port}", f"--certificate={self.shop.path / 'agents.certificate.pem'}",
            f"--speak={voice(AGENT_VOICE)}",
        )  # fmt: skip

    def in_database(self, sql: str) -> list[Any]:
        """While the server runs, or not."""
        with sqlite3.connect(self.shop.path / "callserver.db") as database:
            found = database.execute(sql).fetchall()
        database.close()
        return found

    def report(self, *arguments: str) -> Any:
        """What `callserver calls` and `callserver call` say, as JSON."""
        command = [sys.executable, "-m", "callserver", *arguments, f"--shop={self.shop.path}", "--json"]
        environment = os.environ | {"PYTHONPATH": str(TOP)}
        return json.loads(subprocess.run(command, capture_output=True, check=True, env=environment).stdout)

    def kinds(self, call: dict[str, Any]) -> list[str]:
        """Of the events of a call, in order."""
        return [event["kind"] for event in self.report("call", call["id"])["events"]]


class KillTests(ProcessCase):
    async def test_kill_in_a_talk(self) -> None:
        """
        kill -9 in a talk, then a restart: the call is on record as `server stopped`, its recording plays to the
        moment of the kill, the line is back on hook and the next caller is answered. Meanwhile somebody was speaking a
        message, and somebody else had just pressed the key that keeps his: both messages are in the box, once.
        """
        await self.open_exchange("person", "leave", "leave")
        server = self.start_server()
        await server.says("is ready")
        self.in_database(BOX)
        agent = self.start_agent(server)
        await agent.says("logged in")
        guests = gatherResults([Deferred.fromCoroutine(self.guest(f"1390000000{n}", f"80080{n}")) for n in (2, 3)])
        telephone = await self.phone()
        await telephone.do("dial 800801\nwait answer\nwait sound")
        await agent.says("talking")
        await telephone.do(f'speak "{voice(CALLER_VOICE)}"\nwait 2')
        speaks, keeps = await guests
        speaking = Deferred.fromCoroutine(speaks.do(f'speak "{voice(AGENT_VOICE)}"'))
        await keeps.do("press #\nwait sound\npress #")
        killed_s = time.monotonic()
        server.send("KILL")
        await server.ended
        await telephone.do("wait tone busy\nhang up")

        server = self.start_server()
        await speaking
        await server.says("is ready")
        started_s = time.monotonic()
        (call,) = (one for one in self.report("calls") if one["caller_number"] == "13912345678")
        while self.kinds(call)[-1] != "recording_repaired":
            await deferLater(reactor, 0.2)
        self.assertEqual(call["end_reason"], "server_stopped")
        recording = self.shop.recordings / call["recording"]
        with wave.open(str(recording)) as file:
            length_s = file.getnframes() / file.getframerate()
        subprocess.run(["sox", str(recording), "-n", "stat"], capture_output=True, check=True)
        events = self.report("call", call["id"])["events"]
        began_s = next(event["uptime_s"] for event in events if event["kind"] == "recording")
        talked_s = killed_s - began_s
        self.assertLess(length_s, talked_s + 0.5)
        self.assertGreater(length_s, talked_s / 2)  # a busy machine loses blocks; the exact loss is a benchmark's
        self.assertGreater(np.abs(track(recording, 0)).max(), 0.05, "nothing of the caller's voice")
        await self.both_messages()

        await telephone.do("dial 800801\nwait answer within 30\nhang up")
        self.assertLess(time.monotonic() - started_s, 60)
        server.send("TERM")
        await server.ended

    async def guest(self, number: str, dials: str) -> RemotePhone:
        """Somebody who has spoken some seconds of a message."""
        telephone = await self.phone(number)
        script = f'dial {dials}\nwait answer\nwait sound\npress #\nwait silence 0.5\nspeak "{voice(CALLER_VOICE)}"'
        await telephone.do(script)
        return telephone

    async def both_messages(self) -> None:
        """Of who was speaking, and of who had kept his; with their sounds, and nothing left to be done."""
        in_box = "SELECT number, length_ms, sound_id FROM mail_messages JOIN mail_sounds ON sound_id = mail_sounds.id"
        while len(found := self.in_database(f"{in_box} ORDER BY number")) < 2:
            await deferLater(reactor, 0.1)
        self.assertEqual([number for number, _, _ in found], ["13900000002", "13900000003"])
        for _, length_ms, sound in found:
            self.assertGreater(length_ms, 3000)
            with wave.open(str(self.shop.messages / f"{sound}.wav")) as file:
                self.assertAlmostEqual(file.getnframes() / file.getframerate(), length_ms / 1000, delta=0.01)
        while list(self.shop.messages.rglob("*.json")):
            await deferLater(reactor, 0.1)

    async def test_stop_in_a_talk(self) -> None:
        """
        Ctrl-C in a talk: the talk goes on and everybody is told; the second one ends it properly, the recording is
        whole, and the server is gone within seconds. A terminal that was closed before has stopped nothing.
        """
        await self.open_exchange()
        server = self.start_server()
        await server.says("is ready")
        agent = self.start_agent(server)
        await agent.says("logged in")
        telephone = await self.phone()
        await telephone.do("dial 800801\nwait answer")
        await agent.says("talking")
        server.send("HUP")
        server.send("INT")
        await server.says("1 call goes on")
        await agent.says("1 call goes on")
        self.assertEqual(self.report("call", self.report("calls")[0]["id"])["call"]["end_reason"], None)
        server.send("INT")
        await server.ended.addTimeout(30, reactor)
        (call,) = self.report("calls")
        self.assertEqual(call["end_reason"], "server_stopped")
        self.assertIn("recording_end", self.kinds(call))
        self.assertFalse(os.path.exists(self.shop.path / "twistd.pid"))
        await telephone.do("wait tone busy\nhang up")

    async def test_stop_by_command(self) -> None:
        """`callserver stop` waits for the last call, and comes back when the server is gone."""
        await self.open_exchange()
        server = self.start_server()
        await server.says("is ready")
        telephone = await self.phone()
        await telephone.do("dial 800801\nwait answer")
        stop = self.run_program("callserver", "stop", f"--shop={self.shop.path}", "--language=en")
        await stop.says("1 call goes on")
        await telephone.do("hang up")
        await stop.says("The server has stopped.")
        await server.ended
        (call,) = self.report("calls")
        self.assertEqual(call["end_reason"].partition(":")[0], "caller_hung_up")


BOX = """
INSERT INTO mail_boxes
VALUES ('12', 'Li', 'person', '', NULL, 0, NULL, '', 'en', 0, 0, 100, 180, '', 0, '', '')
"""
MENUS = """
from zope.interface import implementer
from callserver.ivr.interfaces import ICall, IMenu

@implementer(IMenu)
class Person:
    name = "person"
    async def run(self, call: ICall) -> None:
        await call.transfer_to_queue("operator")

@implementer(IMenu)
class Leave:
    name = "leave"
    async def run(self, call: ICall) -> None:
        await call.leave_message("12")

person, leave = Person(), Leave()
"""
