"""Visit every page of a running demo as the person it is for: for pictures, for accessibility, for a last look.

One browser context a person: a guest, a member with a coupon and an order, a clerk at a till of its own, a merchant, an operator.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

PHONE = {"width": 390, "height": 844}
TABLET = {"width": 1180, "height": 820}
DESK = {"width": 1440, "height": 900}
WALL = {"width": 1920, "height": 1080}

_FETCH = """async ([app, method, path, body]) => {
  const headers = { 'Fairday-App': app, 'Idempotency-Key': crypto.randomUUID(), 'Accept': 'application/json' };
  if (body !== null) headers['Content-Type'] = 'application/json';
  const answer = await fetch('/v1' + path, { method, headers, body: body === null ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(method + ' ' + path + ': ' + answer.status + ' ' + text);
  return text ? JSON.parse(text) : null;
}"""


_SETTLED = """() => {
  const isSeen = (one) => { const { top, bottom, width } = one.getBoundingClientRect(); return width > 0 && bottom > 0 && top < innerHeight; };
  const isDrawn = [...document.images].filter(isSeen).every((one) => one.complete && one.naturalWidth > 0);
  return isDrawn && !document.querySelector('.maplibregl-map:not([data-ready])') && ![...document.querySelectorAll('.bones, [aria-busy=true], .el-skeleton')].some(isSeen);
}"""
"""Whether everything in sight is there: pictures drawn, no bones left."""


@dataclass(frozen=True)
class Place:
    """Name a page: who sees it, its address, and the sizes it is made for."""

    name: str
    who: str
    path: str
    sizes: tuple[str, ...] = ("phone", "desk")


SIZES = {"phone": PHONE, "tablet": TABLET, "desk": DESK, "wall": WALL}
STAFF = ("desk", "phone")
TILL = ("phone", "tablet")


class Visitor:
    """Hold a signed-in browser context and call the API with its session."""

    def __init__(self, context: BrowserContext, page: Page, app: str) -> None:
        self.context, self.page, self.app = context, page, app

    async def ask(self, method: str, path: str, body: Any = None, app: str | None = None) -> Any:
        """Call the API as the page would."""
        return await self.page.evaluate(_FETCH, [app or self.app, method, path, body])


class Demo:
    """Sign in the people of a demo and know which pages there are."""

    def __init__(self, browser: Browser, url: str, lang: str = "zh") -> None:
        self._browser, self.url, self._lang = browser, url, lang
        self._logins: dict[str, dict[str, str]] = {}
        self.people: dict[str, Visitor] = {}
        self._found: dict[str, str] = {}

    async def open(self) -> "Demo":
        """Sign everybody in and make what the pages show."""
        guest = await self._visitor("guest", "/shop/", "shop")
        rows = (await guest.ask("GET", "/sandbox/logins"))["items"]
        self._logins = {row["role"]: row for row in reversed(rows)}
        await self._member()
        merchant = await self._staff("merchant")
        await self._offer(await self._staff("operator"))
        await self._clerk(merchant)
        return self

    async def close(self) -> None:
        """Close every context."""
        for visitor in self.people.values():
            await visitor.context.close()

    async def _visitor(self, name: str, path: str, app: str) -> Visitor:
        locale = "en-GB" if self._lang == "en" else "zh-CN"
        context = await self._browser.new_context(
            locale=locale, viewport=DESK, bypass_csp=True, service_workers="block"
        )
        page = await context.new_page()
        await page.goto(f"{self.url}{path}?lang={self._lang}")
        self.people[name] = Visitor(context, page, app)
        return self.people[name]

    async def _member(self) -> None:
        """Sign in a member of the demo who still has a coupon without a threshold to show at the till."""
        member = await self._visitor("member", "/shop/", "shop")
        first = int(self._logins["member"]["login"].removeprefix("+"))
        for number in range(MEMBERS_TRIED):
            phone = f"+{first + number}"
            code = await self._code(member, phone)
            await member.ask("POST", "/sessions/phone", {"phone": phone, "code": code})
            await self._claim(member)
            if self._found.get("free"):
                break
        await member.page.evaluate("localStorage.setItem('fairday.shop.entered', '1')")
        await self._shop(member)

    async def _code(self, visitor: Visitor, phone: str) -> str:
        """Ask for a code to a phone and read it from the sandbox."""
        await visitor.ask("POST", "/sessions/phone-codes", {"phone": phone})
        messages = (await visitor.ask("GET", "/sandbox/messages"))["items"]
        text = next(str(row) for row in messages if row.get("phone", phone) == phone)
        found = re.search(r"(?<!\d)\d{6}(?!\d)", text)
        assert found is not None, text
        return found[0]

    async def _claim(self, member: Visitor) -> None:
        """Claim what can be claimed, and note a coupon to show."""
        offers = (await member.ask("GET", "/coupons?limit=50"))["items"]
        for offer in [one for one in offers if one["claimable"]][:FEW]:
            try:
                claim = await member.ask("POST", f"/coupons/{offer['coupon_id']}/claims", {})
                self._found["claim"] = claim["claim_id"]
            except Exception as error:
                if "limit_reached" not in str(error):
                    raise
        claims = (await member.ask("GET", "/claims?state=unused"))["items"]
        in_store = [one for one in claims if "in_store" in one["channels"] and not one["merchant_id"]]
        self._found["free"] = next((one["claim_id"] for one in in_store if one["threshold_minor"] == 0), "")
        self._found.setdefault("claim", claims[0]["claim_id"] if claims else "")

    async def _shop(self, member: Visitor) -> None:
        """Order something, put more into the cart, and note what there is to look at."""
        cards = (await member.ask("GET", "/products?limit=20&in_stock=true"))["items"]
        for card in cards:
            path = f"/skus/{card['sku_id']}/availability"
            stores = (await member.ask("GET", path))["items"] if card["sku_id"] else []
            if stores:
                break
        self._found["product"], self._found["store"] = card["product_id"], stores[0]["store_id"]
        lines = [{"sku_id": card["sku_id"], "quantity": 1, "store_id": stores[0]["store_id"]}]
        cart = {"lines": lines, "currency": "CNY"}
        quote = await member.ask("POST", "/quotes", cart)
        total_minor = quote["quote"]["total_minor"]
        order = await member.ask(
            "POST", "/orders", cart | {"expected_total_minor": total_minor, "pay_with": "wallet"}
        )
        self._found["order"] = order["order_id"]
        await self._fill(member, cards)

    async def _fill(self, member: Visitor, cards: list[dict[str, Any]]) -> None:
        """Put one thing of each of the first shops into the cart, as the product page keeps it."""
        kept: dict[str, dict[str, Any]] = {}
        for card in cards:
            if card["merchant_id"] in kept or card["sku_id"] is None or len(kept) == SHOPS_IN_CART:
                continue
            stores = (await member.ask("GET", f"/skus/{card['sku_id']}/availability"))["items"]
            if not stores:
                continue
            seen = {name: card[name] for name in ("name", "name_en", "image", "currency", "brand")}
            seen |= {"options": {}, "unit_minor": card["price_now_minor"]}
            kept[card["merchant_id"]] = {
                "sku_id": card["sku_id"], "store_id": stores[0]["store_id"], "product_id": card["product_id"],
                "merchant_id": card["merchant_id"], "quantity": 1, "is_chosen": True, "seen": seen,
            }  # fmt: skip
        await member.page.evaluate(
            "lines => localStorage.setItem('fairday.shop.cart', JSON.stringify(lines))", list(kept.values())
        )

    async def _staff(self, role: str) -> Visitor:
        staff = await self._visitor(role, "/console/", "console")
        login = self._logins[role]
        await staff.ask("POST", "/sessions", {"login": login["login"], "password": login["secret"]})
        return staff

    async def _offer(self, operator: Visitor) -> None:
        """Write an offer and simulate it, so that its page has something to tell."""
        benefit = {"type": "every", "every_minor": 30_000, "off_minor": 5_000, "cap_minor": 20_000}
        terms = {"name": "双11跨店满减", "lane": "cross_shop", "benefit": benefit}
        draft = {"terms": terms, "currency": "CNY", "reason": "双11主会场", "budget_minor": 100_000_000}
        made = await operator.ask("POST", "/offers", draft)
        self._found["offer"] = made["offer_id"]
        await operator.ask("POST", f"/offers/{made['offer_id']}/versions/1/simulations", {})

    async def _clerk(self, merchant: Visitor) -> None:
        clerk = await self._visitor("clerk", "/till/", "till")
        tills = (await merchant.ask("GET", "/tills?limit=1"))["items"]
        draft = {"store_id": tills[0]["store_id"], "name": "2 号收银台"}
        till = await merchant.ask("POST", "/tills", draft)
        code = (await merchant.ask("POST", f"/tills/{till['till_id']}/setup-codes"))["code"]
        body = {"setup_code": code, "device_name": "Tablet"}
        await clerk.ask("POST", "/tills/pairings", body, app="till-device")
        login = self._logins["clerk"]
        shift = {"clerk": login["login"], "pin": login["secret"], "opening_cash_minor": 20_000}
        await clerk.ask("POST", "/shifts", shift, app="till-device")
        self._found["till"] = till["till_id"]

    def places(self) -> list[Place]:
        """Return every page with its address."""
        found = self._found
        shop = [
            ("home", "guest", "/"), ("coupons", "guest", "/coupons"), ("nearby", "guest", "/nearby"),
            ("store", "guest", f"/stores/{found['store']}"), ("search", "guest", "/search"),
            ("found", "guest", "/search?q=%E8%8C%B6"), ("nearby-map", "guest", "/nearby"), ("sign-in", "guest", "/me"),
            ("missing", "guest", "/nowhere"), ("channel", "guest", "/channels/drinks"), ("product", "guest", f"/products/{found['product']}"),
            ("cart", "member", "/cart"), ("orders", "member", "/orders"), ("order", "member", f"/orders/{found['order']}"),
            ("my-coupons", "member", "/my-coupons"), ("code", "member", f"/my-coupons/{found['claim']}"),
            ("pay-code", "member", "/pay-code"), ("me", "member", "/me"), ("checkout", "member", "/checkout"),
            ("inbox", "member", "/inbox"),
            ("addresses", "member", "/addresses"), ("security", "member", "/security"),
        ]  # fmt: skip
        till = [
            ("sell", "/"),
            ("redeem", "/redeem"),
            ("today", "/today"),
            ("goods", "/goods"),
            ("more", "/more"),
        ]
        console = [
            ("merchant", ("", "products", "imports", "stock", "stores", "orders", "receipts", "coverage", "staff", "tills",
                          "sales", "money", "settings", "coupons", "offers", "offers/new", "redemptions", "breaks", "api-keys", "webhooks", "audit")),
            ("operator", ("", "festivals", "enrolments", "merchants", "shop-applications", "coupons", "offers", "offers/new", "redemptions", "breaks",
                          "api-keys", "webhooks", "audit", "ledger", "messages", "reports")),
        ]  # fmt: skip
        return [
            Place("home", "guest", "/"),
            Place("docs", "guest", "/docs", ("desk", "phone")),
            Place("screen", "guest", "/screen", ("wall", "phone")),
            *(Place(f"shop-{name}", who, f"/shop{path}") for name, who, path in shop),
            *(Place(f"till-{name}", "clerk", f"/till{path}", TILL) for name, path in till),
            Place("till-result", "clerk", "/till/redeem", ("tablet", "phone")),
            Place("till-pairing", "guest", "/till/", TILL),
            Place("console-sign-in", "guest", "/console/sign-in", STAFF),
            Place("console-open-shop", "guest", "/console/open-shop", STAFF),
            Place("console-offer", "operator", f"/console/offers/{found['offer']}", STAFF),
            Place("console-campaign", "operator", "/console/offers/simulate", STAFF),
            Place("console-offer-edit", "operator", f"/console/offers/{found['offer']}/edit", STAFF),
            Place("console-merchant-map", "merchant", "/console/stores?show=map", STAFF),
            *(
                Place(f"console-{who}-{name.replace('/', '-') or 'home'}", who, f"/console/{name}", STAFF)
                for who, names in console
                for name in names
            ),
        ]

    @asynccontextmanager
    async def visit(self, place: Place, size: str) -> AsyncIterator[Page]:
        """Open a place at a size and yield its page when it has settled."""
        page = await self.people[place.who].context.new_page()
        await page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]  # a plain width and height
        await page.goto(f"{self.url}{place.path}{'&' if '?' in place.path else '?'}lang={self._lang}")
        await page.wait_for_load_state("load")
        await page.wait_for_timeout(SETTLE_MS)
        if place.name in ACTS:
            await ACTS[place.name](self, page)
        with suppress(PlaywrightTimeout):  # then the page is looked at as it is
            await page.wait_for_function(_SETTLED, timeout=SETTLED_MAX_MS)
        yield page
        await page.close()

    async def _reveal(self, page: Page) -> None:
        """Show the code, which is hidden until it is tapped."""
        await page.get_by_test_id("reveal").click()
        await page.wait_for_timeout(RESULT_MS)

    async def _see_map(self, page: Page) -> None:
        """Change from the list of stores to the map."""
        await page.get_by_role("button", name=re.compile("^(地图|Map)$")).click()
        await page.get_by_test_id("map").locator("canvas").wait_for()

    async def _fill_basket(self, page: Page) -> None:
        """Scan two things at the till."""
        merchant = self.people["merchant"]
        merchant_id = (await merchant.ask("GET", "/me"))["merchant"]["merchant_id"]
        cards = (await merchant.ask("GET", f"/products?limit=2&merchant_id={merchant_id}"))["items"]
        for card in cards:
            view = await merchant.ask("GET", f"/products/{card['product_id']}")
            await page.keyboard.type(view["skus"][0]["gtin"])
            await page.keyboard.press("Enter")
            await page.wait_for_timeout(RESULT_MS)
            if await page.get_by_test_id(
                "result"
            ).count():  # a busy machine lost a key of the burst: scan again, as a clerk would
                await page.keyboard.press("Escape")
                await page.keyboard.type(view["skus"][0]["gtin"])
                await page.keyboard.press("Enter")
                await page.wait_for_timeout(RESULT_MS)

    async def _scan(self, page: Page) -> None:
        """Scan the member's coupon as a hand scanner does: a burst of keys that ends with Enter."""
        if "code" not in self._found:
            code = await self.people["member"].ask("POST", f"/claims/{self._found['free']}/codes")
            self._found["code"] = code["text"]
        await page.keyboard.type(self._found["code"])
        await page.keyboard.press("Enter")
        await page.wait_for_timeout(RESULT_MS)
        redeem = page.get_by_role("button", name=re.compile("^(核销|Redeem) "))
        if await redeem.count():  # the second time it was used already, and the till says where and when
            await redeem.click()
            await page.wait_for_timeout(RESULT_MS // 2)


ACTS: dict[str, Callable[[Demo, Page], Awaitable[None]]] = {
    "till-result": Demo._scan,
    "till-sell": Demo._fill_basket,
    "shop-code": Demo._reveal,
    "shop-pay-code": Demo._reveal,
    "shop-nearby-map": Demo._see_map,
}
"""What is done on a page before it is looked at."""
MEMBERS_TRIED = 50
"""Members of the demo that are tried for one who still has a coupon to show."""
SHOPS_IN_CART = 3
RESULT_MS = 700
FEW = 20
"""Most coupons that the member claims."""
SETTLED_MAX_MS = 20_000
SETTLE_MS = 1500
"""Streams never let the network rest, so a page is given this long to fill itself."""
