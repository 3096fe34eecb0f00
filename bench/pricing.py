"""Price carts in process on one core: many live offers, few that meet the cart; and the same cart beside django-oscar."""

import gc
import json
import random
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from bench.results import Row
from fairday.promotions.engine import benefit_types as b
from fairday.promotions.engine import price, price_with
from fairday.promotions.engine.book import Book
from fairday.promotions.engine.condition_types import Amount
from fairday.promotions.engine.document import DocumentLine, PriceIn, PriceOut, Product, TimedPrice
from fairday.promotions.engine.items import Items
from fairday.promotions.engine.offers import Lane, Offer

NOW = datetime(2026, 11, 11, tzinfo=UTC)
OSCAR = Path(__file__).resolve().parent / "oscar"
CARTS = 2000
CHANGES = 500_000


def measure() -> list[Row]:
    """Measure prices by lines and offers, half a million changes at an instant, and the rival."""
    # As in a web worker, which freezes what it begins with.
    gc.collect()
    gc.freeze()
    rows = [
        _row("price_100x1000_p99", 100, 1_000, 10.0, "asked for, at most"),
        _row("price_3x1000_p99", 3, 1_000, 0.5, "asked for, at most"),
    ]
    rows += [_by_offers(count) for count in (100, 1_000, 10_000, 100_000)]
    return [*rows, _instant(), *_rival()]


class Market:
    """Hold goods and live offers in the proportions of a marketplace: half of them of one SKU, the others of a category or a
    shop, and up to ten for everything. Two SKUs an offer; a shop has 20 SKUs, and with them five offers of its own."""

    def __init__(self, offers: int, seed: int = 11) -> None:
        self.rng = rng = random.Random(seed)
        count = 2 * offers
        self.products = [
            Product(
                sku=f"sku_{n}",
                price_minor=rng.randint(500, 20_000),
                merchant_id=f"mer_{n // 20}",
                category_ids=(f"cat_{n // 10}",),
            )
            for n in range(count)
        ]
        self.book = Book([self._offer(n) for n in range(offers)])

    def _offer(self, n: int) -> Offer:
        rng, one = self.rng, self.rng.choice(self.products)
        name = f"ofr_{n:07d}"
        if n % 1000 == 999 and n < 10_000:
            every = b.Every(every_minor=30_000, off_minor=5_000)
            return Offer(offer_id=name, lane=Lane.CROSS_SHOP, benefit=every)
        kind = rng.random()
        if kind < 0.5:
            benefit: b.Benefit = b.Percent(rate_bp=rng.randint(100, 3_000))
            if kind < 0.03:
                benefit = b.NthItem(n=2, rate_bp=5_000)
            return Offer(offer_id=name, lane=Lane.ITEM, items=Items(skus=(one.sku,)), benefit=benefit)
        if kind < 0.75:
            items = Items(category_ids=one.category_ids)
            return Offer(
                offer_id=name, lane=Lane.ITEM, items=items, benefit=b.Fixed(amount_minor=rng.randint(10, 300))
            )
        return Offer(
            offer_id=name,
            lane=Lane.SHOP,
            merchant_id=one.merchant_id,
            condition=Amount(min_minor=rng.randint(1_000, 90_000)),
            benefit=b.Fixed(amount_minor=rng.randint(100, 900)),
        )

    def cart(self, lines: int) -> PriceIn:
        """Return a cart of different SKUs."""
        chosen = self.rng.sample(self.products, lines)
        return PriceIn(
            now=NOW,
            currency="CNY",
            products=tuple(chosen),
            lines=tuple(
                DocumentLine(line_id=str(n), sku=one.sku, quantity=self.rng.randint(1, 5))
                for n, one in enumerate(chosen)
            ),
            freight_minor=500,
        )


def _times(market: Market, lines: int, carts: int = CARTS) -> tuple[list[float], PriceOut]:
    asked = [market.cart(lines) for _ in range(carts)]
    priced = [price_with(cart, market.book) for cart in asked[:50]][-1]
    times = []
    for cart in asked:
        started = time.perf_counter()
        price_with(cart, market.book)
        times.append(time.perf_counter() - started)
    return sorted(times), priced


def _row(name: str, lines: int, offers: int, limit_ms: float, limit_name: str) -> Row:
    times, priced = _times(Market(offers), lines)
    p50, p99 = 1000 * times[len(times) // 2], 1000 * times[int(0.99 * len(times))]
    note = f"p50 {p50:.3f} ms; in the last cart {len(priced.applied)} stand, {len(priced.refused)} do not, each with its reason"
    return Row(name, round(p99, 3), "ms", limit_name, limit_ms, note)


def _by_offers(count: int) -> Row:
    """Three lines among more and more offers, of which about as many meet the cart."""
    market = Market(count)
    times, priced = _times(market, 3)
    met = len(priced.applied) + len(priced.refused)
    p99 = 1000 * times[int(0.99 * len(times))]
    note = f"p50 {1000 * times[len(times) // 2]:.3f} ms; {met} of the offers met the last cart"
    return Row(f"price_by_offers_{count}", round(p99, 3), "ms", "asked for at 1,000", 0.5, note)


def _instant() -> Row:
    """Half a million prices change at one instant: a quote one microsecond before and one at it, with nothing run between."""
    change = datetime(2026, 11, 11, tzinfo=UTC)
    products = {
        f"sku_{n}": Product(
            sku=f"sku_{n}", price_minor=1000, prices=(TimedPrice(price_minor=600, from_=change),)
        )
        for n in range(CHANGES)
    }
    sku = f"sku_{CHANGES - 1}"
    line = (DocumentLine(line_id="1", sku=sku),)
    cart = PriceIn(now=change, currency="CNY", products=(products[sku],), lines=line)
    before = msgspec.structs.replace(cart, now=datetime(2026, 11, 10, 23, 59, 59, 999_999, tzinfo=UTC))
    started = time.perf_counter()
    told = price(before).total_minor, price(cart).total_minor
    took_ms = 1000 * (time.perf_counter() - started)
    assert told == (1000, 600), told
    note = f"{CHANGES} prices changed; both quotes together, nothing ran at the instant"
    return Row("price_change_instant", round(took_ms, 3), "ms", "two quotes, at most", 10.0, note)


def _case() -> dict[str, Any]:
    rng = random.Random(5)
    # Whole yuan and whole percents: where a percent leaves a fraction of a cent, django-oscar keeps it in its totals.
    products = [{"sku": f"sku_{n}", "price_minor": 100 * rng.randint(5, 200)} for n in range(100)]
    offers: list[dict[str, Any]] = []
    for n, one in enumerate(products):
        items = {"skus": [one["sku"]]}
        if n % 5:
            benefit = {"type": "percent", "rate_bp": 100 * rng.randint(1, 40)}
            offers.append({"offer_id": f"o{n}", "lane": "item", "items": items, "benefit": benefit})
        else:
            benefit = {"type": "fixed", "amount_minor": rng.randint(1, 400)}
            condition = {"type": "amount", "min_minor": rng.choice([100, one["price_minor"], 500_000])}
            offers.append(
                {
                    "offer_id": f"o{n}",
                    "lane": "platform",
                    "items": items,
                    "condition": condition,
                    "benefit": benefit,
                }
            )
    lines = [
        {"line_id": str(n), "sku": one["sku"], "quantity": rng.randint(1, 5)}
        for n, one in enumerate(products)
    ]
    return {"products": products, "offers": offers, "lines": lines}


def _rival() -> list[Row]:
    case = _case()
    cart = msgspec.convert(case | {"now": NOW, "currency": "CNY"}, PriceIn)
    book = Book(cart.offers)
    own = []
    for _ in range(300):
        started = time.perf_counter()
        priced = price_with(cart, book)
        own.append(time.perf_counter() - started)
    other = _oscar(case | {"runs": 7})
    assert other["total_minor"] == priced.total_minor, (other["total_minor"], priced.total_minor)
    mine, theirs = sorted(own)[len(own) // 2], sorted(other["seconds"])[len(other["seconds"]) // 2]
    note = f"medians: {1000 * mine:.2f} ms against {1000 * theirs:.1f} ms of django-oscar 4.2.1 on SQLite in memory; equal totals {priced.total_minor}"
    return [Row("price_vs_oscar", round(theirs / mine, 1), "times", "asked for", 50.0, note)]


def _oscar(case: dict[str, Any]) -> dict[str, Any]:
    python = OSCAR / ".venv" / "bin" / "python"
    if not python.exists():
        tools = Path(__file__).resolve().parents[1] / ".tools" / "uv" / "bin" / "uv"
        uv = (
            str(tools)
            if tools.exists()
            else shutil.which("uv") or sys.exit("uv is missing: run make test once")
        )
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(OSCAR / ".venv")], check=True)
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", str(python), "-r", str(OSCAR / "requirements.txt")],
            check=True,
        )
    ran = subprocess.run(
        [str(python), str(OSCAR / "rival.py")],
        input=json.dumps(case),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if ran.returncode:
        sys.exit(f"django-oscar failed:\n{ran.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(ran.stdout)
    return found
