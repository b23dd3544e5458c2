"""A question whose SQL is made once gives what the question itself gives, whatever it is asked."""

from typing import Any

from peewee import TextField
from twisted.trial.unittest import SynchronousTestCase

from callserver.store.prepared import Prepared
from callserver.store.tables import TemporaryTable
from tests.features.shopping.rolled_back import RolledBack
from tests.store import postgres
from tests.store.inline import InlineStore


class Shelf(TemporaryTable):
    """Of this test alone."""

    name = TextField()
    label = TextField(null=True)

    class Meta:
        table_name = "prepared_shelves"


CONTENT = [("tea", "青"), ("tea", "it's"), ("cup", None), ("100%", "%s ?")]


class PreparedTests(SynchronousTestCase):
    """In SQLite."""

    make_store: Any = InlineStore

    def setUp(self) -> None:
        store = self.make_store()
        self.addCleanup(store.database.close if isinstance(store, InlineStore) else store.close)
        Shelf.create_table()
        for name, label in CONTENT:
            Shelf.create(name=name, label=label)

    def test_any_value(self) -> None:
        """Signs that mean something in SQL are values like any other."""
        by_label = Prepared(lambda label: Shelf.select(Shelf.name, Shelf.label).where(Shelf.label == label))
        for name, label in CONTENT:
            if label is not None:
                self.assertEqual(by_label.rows(label), [(name, label)])
        self.assertEqual(by_label.rows("nothing"), [])

    def test_any_number_of_values(self) -> None:
        """`in_` of one, of two, of none, and what is fixed in the question beside them."""
        of = Prepared(
            lambda *names: (
                Shelf.select(Shelf.label).where(Shelf.name.in_(names), Shelf.label != "青").order_by(Shelf.id)
            )
        )
        self.assertEqual(of.rows("tea"), [("it's",)])
        self.assertEqual(of.rows("100%", "tea"), [("it's",), ("%s ?",)])
        self.assertEqual(of.rows(), [])


class PostgresPreparedTests(PreparedTests):
    """The same in PostgreSQL, in the same process."""

    make_store = RolledBack
    if reason := postgres.missing():
        skip = reason
