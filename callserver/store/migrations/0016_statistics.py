"""Folded statistics: made from the event log, and made again whenever that is read in another way."""

from typing import Any

from peewee import BigIntegerField, CompositeKey, IntegerField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class Fold(Model):
        id = IntegerField(primary_key=True)
        version = IntegerField()
        seq = BigIntegerField()
        until_ms = BigIntegerField()
        state = TextField()

        class Meta:
            database = db
            table_name = "stat_fold"

    class CallStat(Model):
        call_id = TextField(primary_key=True)
        began_ms = BigIntegerField(index=True)
        direction = TextField()
        line = TextField()
        number = TextField()
        menu = TextField()
        result = TextField()
        agent = TextField()
        queue = TextField()
        ended_ms = BigIntegerField()
        rating = IntegerField()

        class Meta:
            database = db
            table_name = "stat_calls"
            indexes = ((("number", "began_ms", "direction"), False),)

    class WaitStat(Model):
        call_id = TextField()
        queue = TextField()
        scope = IntegerField()
        entered_ms = BigIntegerField(index=True)
        line = TextField()
        outcome = TextField()
        wait_ms = BigIntegerField()
        longest_ms = BigIntegerField()
        agent = TextField()
        talk_ms = BigIntegerField()
        hold_ms = BigIntegerField()
        wrap_ms = BigIntegerField()
        transferred = IntegerField()

        class Meta:
            database = db
            table_name = "stat_waits"
            primary_key = CompositeKey("call_id", "queue")

    class PartStat(Model):
        call_id = TextField()
        agent = TextField()
        began_ms = BigIntegerField(index=True)
        queue = TextField()
        talk_ms = BigIntegerField()
        hold_ms = BigIntegerField()
        wrap_ms = BigIntegerField()
        transferred = IntegerField()

        class Meta:
            database = db
            table_name = "stat_parts"
            primary_key = CompositeKey("call_id", "agent")

    class AccountStat(Model):
        quarter = IntegerField()
        agent = TextField()
        kind = TextField()
        reason = TextField()
        ms = BigIntegerField()

        class Meta:
            database = db
            table_name = "stat_accounts"
            primary_key = CompositeKey("quarter", "agent", "kind", "reason")
            indexes = ((("agent", "kind", "quarter", "ms"), False), (("quarter", "kind", "ms"), False))

    class CountStat(Model):
        quarter = IntegerField()
        what = TextField()
        whose = TextField()
        which = TextField()
        n = IntegerField()
        amount = BigIntegerField()

        class Meta:
            database = db
            table_name = "stat_counts"
            primary_key = CompositeKey("what", "quarter", "whose", "which")
            indexes = ((("what", "whose", "which", "quarter", "n", "amount"), False),)

    db.create_tables([Fold, CallStat, WaitStat, PartStat, AccountStat, CountStat])
