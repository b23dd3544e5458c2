"""The demo shop: goods, customers and orders for an empty database. Names are those of the recorded prompts."""

from datetime import datetime, timedelta

from callserver.features.shopping.rules import Line, Name, advance, find_buyer, move_stock, place_order
from callserver.features.shopping.tables import Carrier, Customer, CustomerNumber, OrderState, Product

GOODS = (  # number, names, price in fen, stock, pieces in one order
    ("1001", "龙井绿茶", "Longjing green tea", 6800, 50, 20),
    ("1002", "茉莉花茶", "jasmine tea", 4550, 80, 20),
    ("1003", "普洱茶", "Pu'er tea", 9900, 40, 10),
    ("1004", "紫砂茶壶", "clay teapot", 26800, 1, 5),
    ("1005", "青花茶杯", "porcelain cup", 3500, 120, 24),
    ("1006", "蜂蜜", "honey", 5980, 60, 10),
    ("1007", "核桃", "walnuts", 4200, 100, 20),
    ("1008", "红枣", "red dates", 2680, 90, 20),
)
CUSTOMERS = (  # member number, name, address, telephone numbers
    ("600001", "李明 Li Ming", "北京市海淀区中关村大街 27 号", ("13912345678", "01062345678")),
    ("600002", "王芳 Wang Fang", "上海市静安区南京西路 1266 号", ("13823456789",)),
    ("600003", "张伟 Zhang Wei", "广州市天河区体育东路 138 号", ("13734567890",)),
    ("600004", "Mary Smith", "杭州市西湖区龙井路 1 号", ("13645678901",)),
)
CARRIERS = (("sf", "顺丰速运", "SF Express"), ("post", "中国邮政", "China Post"))
ORDERS = (  # number, customer's telephone, goods, days ago of each state, carrier, tracking number
    ("41873026", "13912345678", {"1002": 1, "1008": 2}, {"placed": 21, "packed": 20, "shipped": 20, "delivered": 17},
     "post", "1175320864215"),
    ("58204713", "13912345678", {"1001": 2}, {"placed": 3, "paid": 3, "packed": 2, "shipped": 1},
     "sf", "SF1340275816093"),
    ("36915840", "13823456789", {"1005": 6}, {"placed": 1, "paid": 1}, None, None),
    ("72460195", "13734567890", {"1003": 1, "1007": 1}, {"placed": 2, "packed": 1}, None, None),
    ("90317562", "13645678901", {"1006": 2}, {"placed": 30, "shipped": 28, "delivered": 25, "returned": 10},
     "sf", "SF1339810467725"),
)  # fmt: skip


def load(now: datetime) -> bool:
    """Run in `store.write`; leaves a shop that has goods as it is, and says so by False."""
    if Product.select().exists():
        return False
    first = now - timedelta(days=60)
    for number, zh, en, price_fen, stock, limit in GOODS:
        Product.create(number=number, name_zh=zh, name_en=en, price_fen=price_fen, stock=0, order_limit=limit)
        sold = sum(goods.get(number, 0) for _, _, goods, *_ in ORDERS)
        move_stock(number, stock + sold, "delivery", first)
    for member_number, name, address, telephones in CUSTOMERS:
        Customer.create(member_number=member_number, name=name, address=address)
        for telephone in telephones:
            CustomerNumber.create(number=telephone, customer=member_number)
    for code, zh, en in CARRIERS:
        Carrier.create(code=code, name_zh=zh, name_en=en)
    for order in sorted(ORDERS, key=lambda order: -order[3]["placed"]):
        _load_order(now, *order)
    return True


def _load_order(
    now: datetime,
    number: str,
    telephone: str,
    goods: dict[str, int],
    days_ago: dict[str, int],
    carrier: str | None,
    tracking: str | None,
) -> None:
    products = [Product.get_by_id(item) for item in goods]
    lines = [Line(p.number, goods[p.number], Name(p.name_zh, p.name_en), p.price_fen) for p in products]
    placed_at = now - timedelta(days=days_ago["placed"])
    place_order(number, lines, placed_at, find_buyer(telephone), telephone)
    for state, days in list(days_ago.items())[1:]:
        shipped = state == OrderState.SHIPPED
        advance(
            number,
            OrderState(state),
            now - timedelta(days=days),
            carrier if shipped else None,
            tracking if shipped else None,
        )
