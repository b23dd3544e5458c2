"""
How many calls a second `try` makes, on menus of both kinds, without the database and with a copy of it.

    nice -n 10 .venv/bin/python -m benchmarks.tried

The goal is 1,000 a second, of the process's own time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

from callserver.ivr.paths.again import Again
from callserver.ivr.trying.keys import Script
from callserver.ivr.trying.walk import NotEntered
from callserver.server.shop_folder import ShopFolder
from callserver.server.trial import Trial

EXAMPLES = Path(__file__).parents[1] / "tests" / "ivr" / "menu_files"
AT = datetime(2026, 3, 2, 10, 0)
SECONDS = 5.0
GOAL = 1000
CALLER = "13912345678"  # of the sample, with two orders
CALLS = {
    "menu file, to a table for four": ("front", "1 2 4# 1"),
    "menu file, to a person": ("front", "1 0 5"),
    "in Python, to his last order": ("shop", "1 4 4 hangup"),
    "in Python, to an order by its number": ("shop", "1 4 2 36915840# # hangup"),
}


def a_second(call: Callable[[], object]) -> float:
    """So many calls a second of the process's own time: what else the machine does is not counted."""
    began_s, n = time.process_time(), 0
    while time.process_time() - began_s < SECONDS:
        call()
        n += 1
    return n / (time.process_time() - began_s)


def main() -> None:
    with TemporaryDirectory() as place:
        folder = ShopFolder(Path(place))
        folder.prepare()
        (folder.path / "plugins").mkdir()
        for example in EXAMPLES.glob("*.ini"):
            copy(example, folder.path / "plugins")
        trial = Trial(folder)
        try:
            for what, (menu, keys) in CALLS.items():
                trace = trial.call(menu, Script(keys), AT, CALLER).trace
                if menu == "shop" and not any(one.data.get("name") == "order" for one in trace):
                    raise SystemExit(f"{what}: {keys} finds no order")
                rate = a_second(lambda menu=menu, keys=keys: trial.call(menu, Script(keys), AT, CALLER))
                print(f"{what:34}  {rate:8.0f} calls/s  {'met' if rate >= GOAL else 'NOT MET'}")
            ask = trial.asked("front")
            call = partial(Again, at=AT.astimezone(trial.zone), caller=CALLER, outcomes={}, inside=NotEntered)
            rate = a_second(lambda: ask(call(Script("1 2 4# 1"))))
            print(f"{'replay':34}  {rate:8.0f} calls/s  {'met' if rate >= GOAL else 'NOT MET'}")
        finally:
            trial.close()


if __name__ == "__main__":
    main()
