"""
What the event log comes to, folded: rows that reports add up. All of it can be made again from the log.

Quarters are of an hour, counted from 1970 in UTC.
"""

from __future__ import annotations

from peewee import BigIntegerField, CompositeKey, IntegerField, TextField

from callserver.store.tables import Table


class FoldRow(Table):
    """The one row that says how far the log is folded, by which version, and what is open there."""

    id = IntegerField(primary_key=True)
    version = IntegerField()
    seq = BigIntegerField()  # of the last event
    until_ms = BigIntegerField()  # its time
    state = TextField()

    class Meta:
        table_name = "stat_fold"


class CallStat(Table):
    """One call (folding.told.CallRow)."""

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
        table_name = "stat_calls"
        indexes = ((("number", "began_ms", "direction"), False),)


class WaitStat(Table):
    """One call in one queue, or in all (folding.told.WaitRow)."""

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
        table_name = "stat_waits"
        primary_key = CompositeKey("call_id", "queue")


class PartStat(Table):
    """What one agent had of one call (folding.told.PartRow)."""

    call_id = TextField()
    agent = TextField()
    began_ms = BigIntegerField(index=True)
    queue = TextField()
    talk_ms = BigIntegerField()
    hold_ms = BigIntegerField()
    wrap_ms = BigIntegerField()
    transferred = IntegerField()

    class Meta:
        table_name = "stat_parts"
        primary_key = CompositeKey("call_id", "agent")


class AccountStat(Table):
    """Time of an agent in one state, in one quarter (folding.accounts)."""

    quarter = IntegerField()
    agent = TextField()
    kind = TextField()
    reason = TextField()
    ms = BigIntegerField()

    class Meta:
        table_name = "stat_accounts"
        primary_key = CompositeKey("quarter", "agent", "kind", "reason")
        indexes = ((("agent", "kind", "quarter", "ms"), False), (("quarter", "kind", "ms"), False))


class CountStat(Table):
    """What happened how often in one quarter (folding.happenings); `amount` in fen, points, milliseconds, pages."""

    quarter = IntegerField()
    what = TextField()
    whose = TextField()
    which = TextField()
    n = IntegerField()
    amount = BigIntegerField()

    class Meta:
        table_name = "stat_counts"
        primary_key = CompositeKey("what", "quarter", "whose", "which")
        indexes = ((("what", "whose", "which", "quarter", "n", "amount"), False),)


FOLDED = (CallStat, WaitStat, PartStat, AccountStat, CountStat)
