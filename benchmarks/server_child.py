"""The server in a process of its own: runs a shop folder until SIGTERM, then prints its figures."""

import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.logger import globalLogBeginner, textFileLogObserver

from benchmarks.longest import Longest
from callserver.fax.tiff.reader import read_tiff
from callserver.features.faxing import rules
from callserver.features.faxing.rules import Document
from callserver.server.assembly import CallServer
from callserver.server.first_start import settle_in
from callserver.server.garbage import keep_what_stands
from callserver.server.giving_way import give_way_soon
from callserver.server.shop_folder import ShopFolder
from callserver.server.world import World
from callserver.wire.rights import Right

DOCUMENT = "12"
longest = Longest()
RIGHTS = {Right.ANSWER_QUEUED, Right.ANSWER_INTERNAL, Right.DIAL_INTERNAL, Right.LISTEN}


def main() -> None:
    reactor.seconds = time.monotonic
    folder = ShopFolder(Path(sys.argv[1]))
    log = folder.log_file.open("a", encoding="utf-8")
    globalLogBeginner.beginLoggingTo([textFileLogObserver(log)], redirectStandardIO=False)
    longest.watch(reactor)
    server = CallServer(folder, World(reactor))
    ready = server.ready.addCallback(lambda _: Deferred.fromCoroutine(hire(server)))
    ready.addCallbacks(lambda _: say(port=server.agents.port_number), lambda f: say(failed=f.getErrorMessage()))
    reactor.callWhenRunning(server.startService)
    reactor.addSystemEventTrigger("before", "shutdown", server.stopService)
    reactor.addSystemEventTrigger("after", "shutdown", lambda: say(**figures(server)))
    signal.signal(signal.SIGUSR1, lambda *_: reactor.callFromThread(forget, server))
    signal.signal(signal.SIGUSR2, lambda *_: reactor.callFromThread(lambda: say(so_far=figures(server))))
    keep_what_stands()
    give_way_soon()
    reactor.run()


async def hire(server: CallServer) -> None:
    """As many agents as there are seats; a document, if it is there."""
    await server.store.write(settle_in)
    document = server.folder.faxes / f"doc-{DOCUMENT}.tif"
    if document.exists():
        row = Document(DOCUMENT, "价目表", "price list", document.name, len(list(read_tiff(document))))
        await server.store.write(rules.add_document, row, server.events.now())
    for number in range(805, 801 + server.config.agents.seats):
        await server.centre.staff.add(str(number), "agent", server.folder.first_password("801"), RIGHTS)


def say(**words: object) -> None:
    print(json.dumps(words), flush=True)


def forget(server: CallServer) -> None:
    """Lateness counts from here: the load has settled."""
    server.tick.lateness.__init__()
    longest.forget()
    say(counting=figures(server))


def figures(server: CallServer) -> dict[str, Any]:
    """Since `forget`; `gaps`: of each open leg since it was opened, blocks that came too late, and that had to go."""
    late = server.tick.lateness
    return {
        "late_p99_ms": late.percentile_ms(0.99),
        "late_p999_ms": late.percentile_ms(0.999),
        "late_max_ms": late.max_ms,
        "ticks": late.n_ticks,
        "ticks_lost": server.tick.lost,
        "longest": longest.told(),
        "gaps": {leg.name: (leg.underruns, leg.overruns) for leg in server.bay.legs},
    }


if __name__ == "__main__":
    main()
