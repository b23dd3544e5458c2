"""All operations that are served."""

from callserver.features.shopping.web import changes, customers, goods, orders, reservations

OPERATIONS = (
    *goods.OPERATIONS,
    *customers.OPERATIONS,
    *orders.OPERATIONS,
    *reservations.OPERATIONS,
    *changes.OPERATIONS,
)
