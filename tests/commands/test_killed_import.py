"""An import that is killed is nothing, or all of it: never a list half taken over."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from callserver.features.shopping import sample
from callserver.server.shop_folder import ShopFolder
from callserver.store import tables
from callserver.store.opening import database_at, open_database
from tests.run import TOP

LIST = "item,name in Chinese,price in yuan,in stock\n1001,新龙井,70,50\n1002,,45,\n1010,毛峰,88,20\n1011,壶,99,5\n"


class KilledImportTests(SynchronousTestCase):
    def test_at_every_statement(self) -> None:
        """Killed with -9 before any statement of an import: prices, names, stock and the audit are as before."""
        folder = ShopFolder(Path(self.mktemp()).absolute())
        folder.prepare()
        file = folder.path / "list.csv"
        file.write_text(LIST, "utf-8")
        path = folder.database(folder.config())
        database = database_at(path)
        tables.database.initialize(database)
        open_database(database, path)
        sample.load(datetime(2026, 3, 1, tzinfo=UTC))
        database.close()
        command = [sys.executable, "-m", "tests.commands.killed_import", str(folder.path), str(file)]
        environment = os.environ | {"PYTHONPATH": str(TOP), "CALLSERVER_LANGUAGE": "en"}
        done = subprocess.run(command, env=environment, capture_output=True, check=False, text=True)
        tries = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
        self.assertTrue(tries and tries[-1][0] == 0, done.stderr[-2000:])
        *killed, (_, after) = tries
        self.assertGreater(len(killed), 20)
        for status, books in killed:
            self.assertEqual((status, books), (-signal.SIGKILL, killed[0][1]))
        products = {number: name for number, name, *_ in after[0]}
        self.assertEqual((products["1001"], products["1011"]), ("新龙井", "壶"))
        self.assertIn("import_goods", after[3][-1][0])
