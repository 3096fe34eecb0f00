"""Price the same cart with django-oscar: run by bench/pricing.py in an environment of its own, as it is in no other part of Fairday.

Reads {products, offers, lines, runs} from standard input; writes the total and the time of each run. Offers are percent of one SKU, or an
amount off one SKU from an amount on: what both can say.
"""

import json
import sys
import time
from decimal import Decimal as D
from typing import Any

import django
from django.conf import settings
from oscar.defaults import *  # noqa: F403 - oscar's own way to be set up

CASE = json.load(sys.stdin)
OSCAR = {name: value for name, value in globals().items() if name.startswith("OSCAR")}
DASHBOARD = {
    "reports": "Reports", "users": "Users", "orders": "Orders", "catalogue": "Catalogue", "offers": "Offers", "partners": "Partners",
    "pages": "Pages", "ranges": "Ranges", "reviews": "Reviews", "vouchers": "Vouchers", "communications": "Communications",
    "shipping": "Shipping",
}  # fmt: skip
settings.configure(
    **OSCAR,
    SECRET_KEY="bench",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    SITE_ID=1,
    ROOT_URLCONF="",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
    INSTALLED_APPS=[
        "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.sites",
        "django.contrib.messages", "django.contrib.flatpages", "oscar.config.Shop", "oscar.apps.analytics.apps.AnalyticsConfig",
        "oscar.apps.checkout.apps.CheckoutConfig", "oscar.apps.address.apps.AddressConfig",
        "oscar.apps.shipping.apps.ShippingConfig", "oscar.apps.catalogue.apps.CatalogueConfig",
        "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig", "oscar.apps.communication.apps.CommunicationConfig",
        "oscar.apps.partner.apps.PartnerConfig", "oscar.apps.basket.apps.BasketConfig", "oscar.apps.payment.apps.PaymentConfig",
        "oscar.apps.offer.apps.OfferConfig", "oscar.apps.order.apps.OrderConfig", "oscar.apps.customer.apps.CustomerConfig",
        "oscar.apps.search.apps.SearchConfig", "oscar.apps.voucher.apps.VoucherConfig", "oscar.apps.wishlists.apps.WishlistsConfig",
        "oscar.apps.dashboard.apps.DashboardConfig",
        *[f"oscar.apps.dashboard.{name}.apps.{title}DashboardConfig" for name, title in DASHBOARD.items()], "haystack", "treebeard", "sorl.thumbnail", "django_tables2", "widget_tweaks",
    ],
)  # fmt: skip
django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first
from oscar.apps.basket.models import Basket  # noqa: E402
from oscar.apps.catalogue.models import Category, Product, ProductClass  # noqa: E402
from oscar.apps.offer.applicator import Applicator  # noqa: E402
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range  # noqa: E402
from oscar.apps.partner.models import Partner, StockRecord  # noqa: E402
from oscar.apps.partner.strategy import Default  # noqa: E402


def build() -> dict[str, Any]:
    """Put the goods and the offers into the database; return products by SKU."""
    call_command("migrate", verbosity=0)
    kind = ProductClass.objects.create(name="goods", requires_shipping=False, track_stock=False)
    partner = Partner.objects.create(name="partner")
    Category.add_root(name="all")
    products = {}
    for one in CASE["products"]:
        product = Product.objects.create(
            product_class=kind, title=one["sku"], upc=one["sku"], structure="standalone"
        )
        price = D(one["price_minor"]) / 100
        StockRecord.objects.create(
            product=product, partner=partner, partner_sku=one["sku"], price=price, price_currency="CNY"
        )
        products[one["sku"]] = product
    for one in CASE["offers"]:
        goods = Range.objects.create(name=one["offer_id"])
        goods.add_product(products[one["items"]["skus"][0]])
        benefit = one["benefit"]
        if benefit["type"] == "percent":
            condition = Condition.objects.create(range=goods, type=Condition.COUNT, value=1)
            gives = Benefit.objects.create(
                range=goods, type=Benefit.PERCENTAGE, value=D(benefit["rate_bp"]) / 100
            )
        else:
            least = D(one["condition"]["min_minor"]) / 100
            condition = Condition.objects.create(range=goods, type=Condition.VALUE, value=least)
            gives = Benefit.objects.create(
                range=goods, type=Benefit.FIXED, value=D(benefit["amount_minor"]) / 100
            )
        ConditionalOffer.objects.create(
            name=one["offer_id"], condition=condition, benefit=gives, max_basket_applications=1, priority=1
        )
    return products


def main() -> None:
    """Price the cart `runs` times, each with a fresh basket object on the same lines."""
    products = build()
    basket = Basket.objects.create()
    basket.strategy = Default()
    for line in CASE["lines"]:
        basket.add_product(products[line["sku"]], quantity=line["quantity"])
    times, total = [], D(0)
    for _ in range(CASE["runs"]):
        again = Basket.objects.get(pk=basket.pk)
        again.strategy = Default()
        again.all_lines()
        started = time.perf_counter()
        Applicator().apply(again)
        total = again.total_incl_tax if again.is_tax_known else again.total_excl_tax
        times.append(time.perf_counter() - started)
    json.dump({"total_minor": int(total * 100), "seconds": times}, sys.stdout)


main()
