"""Categories, products, prices and stock: what programs can ask for of them."""

from __future__ import annotations

from typing import Any

from callserver.features.shopping.rules.goods import Name, lock_items
from callserver.features.shopping.rules.restating import Restated, restate_at_once
from callserver.features.shopping.rules.shelves import save_category, set_price
from callserver.features.shopping.rules.stock import move_stock
from callserver.features.shopping.tables import Category, Product
from callserver.features.shopping.web.fields import Choice, Fields, Maybe, Moment, Record, Rows, Text, Whole, YesNo
from callserver.features.shopping.web.once import EXTERNAL_ID, once
from callserver.features.shopping.web.operations import Asked, Json, Operation, conflict, not_found, page
from callserver.features.shopping.web.refused import by_the_rules
from callserver.features.shopping.web.scopes import Scope
from callserver.features.shopping.web.views import (
    ANY_TEXT,
    FEN_MAX,
    NAME_EN,
    NAME_ZH,
    NUMBER,
    PRODUCT,
    product_json,
)
from callserver.store.prepared import Prepared
from callserver.wire.catalogue import Complaint

ROWS = 50  # in one batch: the database is busy with it for some 100 ms, and a caller may wait for it
PAGE = 100
STOCK_MAX = 1_000_000_000
LIMIT = Whole("so many rows at most", low=1, high=PAGE)
FEN_TO_PAY = Whole("whole fen; what is given away is priced in the shop's books", low=1, high=FEN_MAX)
ABOUT: Fields = {
    "name_zh": NAME_ZH,
    "name_en": NAME_EN,
    "price_fen": FEN_TO_PAY,
    "order_limit": Whole("pieces in one order", low=1, high=1_000_000),
    "category": Maybe(NUMBER),
    "on_sale": YesNo("false: it is not sold any more; orders keep it"),
}
_CATEGORY = Prepared(lambda number: Category.select(Category.number).where(Category.number == number))
FREE = frozenset({"category", "on_sale"})
STOCK = Record("how many there are", {"product": NUMBER, "stock": Whole("pieces in the shop")})


def put_product(asked: Asked) -> Json:
    _check_category(asked.body["category"], "category")
    restate_at_once([_restated(asked.body | asked.path)], asked.now, "correction")
    return {"saved": 1}


def put_products(asked: Asked) -> Json:
    """In a few statements of the database, however many they are."""
    rows = asked.body["products"]
    for n, row in enumerate(rows):
        _check_category(row["category"], f"products[{n}].category")
    restate_at_once((_restated(row) for row in rows), asked.now, "correction")
    return {"saved": len(rows)}


def get_product(asked: Asked) -> Json:
    return product_json(_product(asked.path["product"]), asked.now)


def get_products(asked: Asked) -> Json:
    rows = Product.select().where(Product.number > asked.query.get("after", "")).order_by(Product.number)
    return paged(rows, asked, "product", lambda row: product_json(row, asked.now))


def put_prices(asked: Asked) -> Json:
    _lock(asked.body["prices"])
    for n, row in enumerate(asked.body["prices"]):
        with by_the_rules(f"prices[{n}].product"):
            set_price(row["product"], row["price_fen"], row["since"] or asked.now)
    return {"saved": len(asked.body["prices"])}


def move(asked: Asked) -> Json:
    def move_all() -> Json:
        _lock(asked.body["movements"])
        return {"rows": [_move(asked, n) for n in range(len(asked.body["movements"]))]}

    return once("stock", asked, move_all)


def put_stock(asked: Asked) -> Json:
    """The difference is a movement, as if somebody had counted."""
    number = asked.path["product"]
    lock_items([number])
    difference = asked.body["stock"] - _product(number).stock
    if difference:
        move_stock(number, difference, "correction", asked.now)
    return _stock(number)


def put_category(asked: Asked) -> Json:
    save_category(asked.path["category"], Name(asked.body["name_zh"], asked.body["name_en"]))
    return {"category": asked.path["category"], **asked.body}


def get_categories(asked: Asked) -> Json:
    rows = Category.select().where(Category.number > asked.query.get("after", "")).order_by(Category.number)
    shown = {"category": "number", "name_zh": "name_zh", "name_en": "name_en"}
    return paged(rows, asked, "category", lambda row: {name: getattr(row, column) for name, column in shown.items()})


def paged(rows: Any, asked: Asked, key: str, shown: Any) -> Json:
    """At most a page of rows, which are in order of `key`."""
    most = asked.query.get("limit", PAGE)
    found = [shown(row) for row in rows.limit(most + 1)]
    return {"rows": found[:most], "after": found[most - 1][key] if len(found) > most else None}


def _check_category(category: str | None, field: str) -> None:
    """
    :raises Problem: the shop has it not
    """
    if category is not None and not _CATEGORY.rows(category):
        raise conflict("unknown_category", Complaint("there is no category {category}", category=category), field)


def _restated(row: dict[str, Any]) -> Restated:
    """What a row says of a product; one that is said anew is on sale again."""
    return Restated(
        row["product"],
        row["name_zh"],
        row["name_en"],
        row["category"],
        row["order_limit"],
        on_sale=row["on_sale"] is not False,
        price_fen=row["price_fen"],
    )


def _move(asked: Asked, n: int) -> Json:
    row, field = asked.body["movements"][n], f"movements[{n}]"
    number, quantity = row["product"], row["quantity"]
    found = Product.get_or_none(Product.number == number)
    if found is not None and found.stock + quantity > STOCK_MAX:
        raise conflict("too_many", Complaint("{n} pieces at most", n=STOCK_MAX), f"{field}.quantity")
    with by_the_rules(f"{field}.product" if found is None else f"{field}.quantity"):
        move_stock(number, quantity, row["reason"], asked.now)
    return _stock(number)


def _lock(rows: list[dict[str, Any]]) -> None:
    """All items at once, in the order of locks (`rules.locks`), whatever order a program names them in."""
    lock_items(row["product"] for row in rows)


def _stock(number: str) -> Json:
    return {"product": number, "stock": _product(number).stock}


def _product(number: str) -> Product:
    row: Product | None = Product.get_or_none(Product.number == number)
    if row is None:
        raise not_found("product", Complaint("there is no product {number}", number=number))
    return row


SAVED = Record("done, all of it", {"saved": Whole("rows")})
PATH = {"product": NUMBER}
PAGING: Fields = {"after": Text("the `after` of the page before", 64), "limit": LIMIT}
CATEGORY: Fields = {"name_zh": NAME_ZH, "name_en": NAME_EN}
MOVEMENT = Record(
    "pieces that came or went",
    {
        "product": NUMBER,
        "quantity": Whole("pieces that came (above 0) or went", low=-1_000_000, high=1_000_000),
        "reason": Choice("why", ("delivery", "return", "correction")),
    },
)
PRICE = Record(
    "what one piece costs from a moment on",
    {
        "product": NUMBER,
        "price_fen": FEN_TO_PAY,
        "since": Maybe(Moment("from then on; null: from now on")),
    },
    frozenset({"since"}),
)
SHELF = Record("a shelf of the shop", {"category": NUMBER, "name_zh": ANY_TEXT, "name_en": ANY_TEXT})
OPERATIONS = (
    Operation(
        "getProducts",
        "GET",
        "/v1/products",
        Scope.READ_GOODS,
        "all products",
        get_products,
        page("products", PRODUCT, PAGE),
        query=PAGING,
    ),
    Operation(
        "putProducts",
        "POST",
        "/v1/products",
        Scope.WRITE_GOODS,
        "add or change several products: all of them or none",
        put_products,
        SAVED,
        refusals=(409,),
        body=Record(
            "products", {"products": Rows("products", Record("one", {"product": NUMBER, **ABOUT}, FREE), ROWS)}
        ),
    ),
    Operation(
        "getProduct",
        "GET",
        "/v1/products/<product>",
        Scope.READ_GOODS,
        "one product",
        get_product,
        PRODUCT,
        PATH,
        refusals=(404,),
    ),
    Operation(
        "putProduct",
        "PUT",
        "/v1/products/<product>",
        Scope.WRITE_GOODS,
        "add or change a product",
        put_product,
        SAVED,
        PATH,
        body=Record("the product", ABOUT, FREE),
        refusals=(409,),
    ),
    Operation(
        "putPrices",
        "POST",
        "/v1/prices",
        Scope.WRITE_GOODS,
        "prices from now or a later moment on",
        put_prices,
        SAVED,
        body=Record("prices", {"prices": Rows("prices", PRICE, ROWS)}),
        refusals=(409,),
    ),
    Operation(
        "moveStock",
        "POST",
        "/v1/stock",
        Scope.WRITE_STOCK,
        "pieces that came or went: all of them or none, and once",
        move,
        Record("the stock then", {"rows": Rows("of each", STOCK, ROWS)}),
        refusals=(409,),
        body=Record("movements", {"external_id": EXTERNAL_ID, "movements": Rows("movements", MOVEMENT, ROWS)}),
    ),
    Operation(
        "putStock",
        "PUT",
        "/v1/products/<product>/stock",
        Scope.WRITE_STOCK,
        "so many were counted",
        put_stock,
        STOCK,
        PATH,
        body=Record("the count", {"stock": Whole("pieces in the shop", high=1_000_000)}),
        refusals=(404, 409),
    ),
    Operation(
        "getCategories",
        "GET",
        "/v1/categories",
        Scope.READ_GOODS,
        "all categories",
        get_categories,
        page("categories", SHELF, PAGE),
        query=PAGING,
    ),
    Operation(
        "putCategory",
        "PUT",
        "/v1/categories/<category>",
        Scope.WRITE_GOODS,
        "add or change a category",
        put_category,
        SHELF,
        {"category": NUMBER},
        body=Record("the category", CATEGORY),
    ),
)
