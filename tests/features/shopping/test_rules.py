import os
from datetime import UTC, datetime

from twisted.internet import reactor
from twisted.trial.unittest import TestCase

from callserver.features.shopping import desk, rules, sample
from callserver.store.database import Store
from callserver.wire.records import EventRecord


class T(TestCase):
    async def test_smoke(self):
        d = self.mktemp()
        os.mkdir(d)
        store = Store(d + "/a.db", reactor, print)
        await store.start()
        self.addCleanup(store.stop)
        now = datetime.now(UTC)
        self.assertTrue(await store.write(sample.load, now))
        await store.write(rules.hold, "c1", "1004", 1, now)
        with self.assertRaises(rules.SoldOut):
            await store.write(rules.hold, "c2", "1004", 1, now)
        buyer = await store.read(rules.find_buyer, "013912345678")
        stamp = EventRecord(now, 1.0, "n", "order", "c1")
        taken = await store.write(rules.confirm, "c1", buyer, [("1004", 1)], stamp)
        print(taken, await store.write(rules.confirm, "c1", buyer, [("1004", 1)], stamp))
        print(await store.read(rules.find_order, taken.order_number))
        print(await store.read(rules.orders_of, "13912345678"))
        print(await store.read(desk.customer_card, "13912345678", "c2", now))
