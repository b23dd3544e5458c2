"""An agent's program that is frozen or killed in a talk, as a process of its own: its caller is not left in silence."""

import signal
from typing import Any

from twisted.internet import reactor
from twisted.internet.task import deferLater

from tests.whole.test_kill import Child, ProcessCase


class FrozenTests(ProcessCase):
    settings = "away_s = 5"

    async def talk(self) -> tuple[Child, Child]:
        """The server and the agent who talks with a caller."""
        await self.open_exchange()
        server = self.start_server()
        await server.says("is ready")
        agent = self.start_agent(server)
        await agent.says("logged in")
        telephone = await self.phone()
        await telephone.do("dial 800801\nwait answer\nwait sound")
        await agent.says("talking")
        return server, agent

    async def happens(self, kind: str, **data: Any) -> None:
        """Wait until the only call's timeline has it."""
        while True:
            (call,) = self.report("calls")
            assert call["ended_at"] is None, self.kinds(call)
            events = self.report("call", call["id"])["events"]
            if any(event["kind"] == kind and data.items() <= event["data"].items() for event in events):
                return
            await deferLater(reactor, 1)

    async def test_frozen(self) -> None:
        """SIGSTOP in a talk: music, then another agent; thawed, the program says that its call is over, and is back."""
        server, agent = await self.talk()
        other = self.start_agent(server, "802")
        await other.says("logged in")
        agent.send("STOP")
        await self.happens("hold", by="seat 801", reason="client_lost")
        await self.happens("given_back", by="seat 801", reason="client_lost")
        await other.says("talking")
        agent.transport.signalProcess(signal.SIGCONT)
        await agent.says("the call is over")
        self.assertEqual(agent.text.count("logged in"), 2)
        await self.stop_at_once(server)

    async def test_killed(self) -> None:
        """SIGKILL in a talk: music at once; started again in time, the agent talks on with the same caller."""
        self.settings = "away_s = 60"  # a busy machine takes its time to start a program
        server, agent = await self.talk()
        agent.send("KILL")
        await agent.ended
        again = self.start_agent(server)
        await again.says("talking")
        await self.happens("hold", by="seat 801", reason="client_lost")
        await self.stop_at_once(server)
