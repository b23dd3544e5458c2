"""Who buys: customers, the telephones they call from, and the tries at their PINs."""

from peewee import BigIntegerField, BooleanField, Check, ForeignKeyField, IntegerField, TextField

from callserver.store.tables import Table

MEMBER_DIGITS = 12  # at most, of the numbers that callers key


class Customer(Table):
    """A person the shop delivers to; `balance_fen` and `points` are the sums of their movements."""

    member_number = TextField(primary_key=True)
    name = TextField()
    address = TextField()
    language = TextField(default="")  # "zh", "en"; "": not known
    pin = TextField(null=True)  # scrypt, as staff's
    pin_is_first = BooleanField(default=False)  # given by the shop, to be changed at its first use
    balance_fen = BigIntegerField(default=0, constraints=[Check("balance_fen >= 0")])
    points = IntegerField(default=0, constraints=[Check("points >= 0")])
    is_sample = BooleanField(default=False)

    class Meta:
        table_name = "customers"


class CustomerNumber(Table):
    """A telephone number from which a customer calls."""

    number = TextField(primary_key=True)
    customer = ForeignKeyField(Customer)
    customer_id: str

    class Meta:
        table_name = "customer_numbers"


class PinTries(Table):
    """Tries at PINs that failed or are not judged yet: of one member, or from one telephone number."""

    subject = TextField(primary_key=True)  # "member 600001", "number 13912345678", "number withheld"
    in_row = IntegerField()  # since the last right one
    of_day = IntegerField()  # since `day_ms`
    day_ms = BigIntegerField()
    last_ms = BigIntegerField()
    locked_until_ms = BigIntegerField(default=0)

    class Meta:
        table_name = "pin_tries"
