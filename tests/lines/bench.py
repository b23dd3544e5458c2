"""
What lines cost: `python -m tests.lines.bench [LINES [SECONDS]]`.

Modems in a child process give and take 8 kHz 8-bit sound on ptys; the lines here read all of it and send a block each
20 ms. Prints the processor time of this process for one second of one line.
"""

import os
import pty
import selectors
import signal
import sys
import time
import tty

import numpy as np
from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import LoopingCall, deferLater

from callserver.lines.modem_line import ModemLine
from tests.lines.contract import Diary
from tests.lines.scripted_modem import INFORMATION

SPEECH = np.random.default_rng(1).normal(128, 20, 8000).clip(0, 255).astype(np.uint8).tobytes()


def answer(command: bytes) -> bytes:
    text = command.decode("latin-1")
    if text == "AT+FCLASS?":
        return b"\r\n8\r\nOK\r\n"
    if text in ("AT+VTR", "AT#CLS=?"):
        return b"\r\nCONNECT\r\n" if text == "AT+VTR" else b"\r\nERROR\r\n"
    return b"\r\n" + INFORMATION.get(text, b"") + b"\r\nOK\r\n"


def modems(masters: list[int]) -> None:
    """In the child: answer commands, and after +VTR give 20 ms of sound each 20 ms."""
    selector, streaming, typed = selectors.DefaultSelector(), dict.fromkeys(masters, False), dict.fromkeys(masters, b"")
    for master in masters:
        selector.register(master, selectors.EVENT_READ)
    at, due = 0, time.monotonic()
    parent = os.getppid()
    while os.getppid() == parent:
        for key, _ in selector.select(max(due - time.monotonic(), 0)):
            data = os.read(key.fd, 65536)
            if not streaming[key.fd]:
                *commands, typed[key.fd] = (typed[key.fd] + data.lstrip(b"\x10\x03!^\0\x18")).split(b"\r")
                for command in filter(None, commands):
                    os.write(key.fd, answer(command))
                    streaming[key.fd] = command == b"AT+VTR"
        if time.monotonic() >= due:
            due, at = due + 0.02, (at + 160) % 8000
            block = SPEECH[at : at + 160].replace(b"\x10", b"\x10\x10")
            for master in masters:
                if streaming[master]:
                    os.write(master, block)


async def measure(paths: list[str], length_s: float) -> None:
    lines = [ModemLine(path, path, reactor) for path in paths]
    for line in lines:
        line.attach(Diary())
        line.startService()
    await deferLater(reactor, 3)
    await gatherResults([line.answer() for line in lines])
    numbers = iter(range(1_000_000))

    def tick() -> None:
        at = next(numbers) % 50 * 160
        for line in lines:
            line.send(SPEECH[at : at + 160])

    ticking = LoopingCall(tick)
    ticking.start(0.02)
    await deferLater(reactor, 1)
    before = time.process_time()
    heard = sum(len(line._listener.heard) for line in lines)
    await deferLater(reactor, length_s)
    cost_s = time.process_time() - before
    heard = sum(len(line._listener.heard) for line in lines) - heard
    per_line_us = cost_s / length_s / len(lines) * 1e6
    print(f"{len(lines)} lines, {length_s:g} s: {heard / 8000 / len(lines):.2f} s heard a line")
    print(f"{per_line_us:.0f} us a line-second, {cost_s / length_s:.2%} of a core for all")


def main() -> None:
    n_lines, length_s = int((sys.argv[1:2] or ["20"])[0]), float((sys.argv[2:3] or ["10"])[0])
    pairs = [pty.openpty() for _ in range(n_lines)]
    for _, slave in pairs:
        tty.setraw(slave)
    child = os.fork()
    if child == 0:
        modems([master for master, _ in pairs])
    done = Deferred.fromCoroutine(measure([os.ttyname(slave) for _, slave in pairs], length_s))
    done.addErrback(lambda failure: failure.printTraceback())
    done.addBoth(lambda _: reactor.stop())
    try:
        reactor.run()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
