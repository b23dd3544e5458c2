"""schemathesis makes up requests from the description that the interface serves, and judges each answer by it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.internet.utils import getProcessOutputAndValue
from twisted.trial.unittest import TestCase

from callserver.features.shopping.web.limits import Limits
from tests.features.shopping.web.live import LiveShop

NO_LIMIT = Limits(rate=10_000, burst=10_000, strange_rate=10_000, strange_burst=10_000)
EXAMPLES = 8  # of each operation, phase and kind of data
SECONDS = 300


class SchemathesisTests(TestCase):
    timeout = SECONDS

    def test_every_answer_is_as_described(self) -> Deferred[None]:
        """Right and wrong data, missing keys, other methods: no failure, no answer beside what is described."""
        return Deferred.fromCoroutine(self._judge())

    async def _judge(self) -> None:
        folder = Path(self.mktemp()).absolute()
        shop = LiveShop(folder, limits=NO_LIMIT)
        await shop.start()
        try:
            where, key = shop.url("/v1/openapi.json"), f"Authorization: Bearer {shop.key}"
            command = f"-m schemathesis.cli run {where} --checks all --max-examples {EXAMPLES} --seed 1 --no-color"
            arguments = [*command.split(), "--header", key]
            environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
            out, err, code = await getProcessOutputAndValue(sys.executable, arguments, environment, str(folder))
        finally:
            await shop.stop()
        self.assertEqual(code, 0, (out + err).decode(errors="replace")[-8000:])
        self.assertEqual(shop.alarms, [])
