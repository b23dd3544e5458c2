"""What callers are told by name: goods, their categories, who brings the parcels; and customers, who are greeted."""

from collections.abc import Iterator

from callserver.features.shopping.tables import Carrier, Category, Customer, Product
from callserver.ivr.known_text import KnownText
from callserver.wire.catalogue import LANGUAGES


def known_texts() -> Iterator[KnownText]:
    """In the database's thread."""
    for product in Product.select(Product.number, Product.name_zh, Product.name_en).order_by(Product.number):
        yield KnownText(f"goods.{product.number}", "zh", product.name_zh)
        yield KnownText(f"goods.{product.number}", "en", product.name_en)
    for category in Category.select().order_by(Category.number):
        yield KnownText(f"category.{category.number}", "zh", category.name_zh)
        yield KnownText(f"category.{category.number}", "en", category.name_en)
    for carrier in Carrier.select().order_by(Carrier.code):
        yield KnownText(f"carrier.{carrier.code}", "zh", carrier.name_zh)
        yield KnownText(f"carrier.{carrier.code}", "en", carrier.name_en)
    for customer in Customer.select(Customer.member_number, Customer.name).order_by(Customer.member_number):
        for language in LANGUAGES:
            yield KnownText(f"customer.{customer.member_number}", language, customer.name)
