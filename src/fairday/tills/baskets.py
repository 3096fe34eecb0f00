"""Turn what a till scanned into SKUs, codes into claims and members, and say where a used coupon was used."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from fairday.catalog import service as catalog
from fairday.checkout.types import PlaceLine
from fairday.coupons import service as coupons
from fairday.coupons.errors import AlreadyUsed
from fairday.coupons.service import Prepared, PrepareRequest
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.places import service as places
from fairday.tills import rules, store
from fairday.tills.errors import AlreadyUsedAt, BadBasket, NoOpenShift, NotPrepared
from fairday.tills.sale_types import BasketLine
from fairday.tills.types import At, OpenDesk

T = TypeVar("T")
_ONLINE, _ONLINE_EN = "线上订单", "an online order"


async def desks_of(tx: Tx, asked: Sequence[At]) -> list[OpenDesk | NoOpenShift]:
    """Return each asker's till with its open shift, or a refusal when the shift there is not this clerk's."""
    found = await store.open_desks(tx, [at.till_id for at in asked])
    return [
        desk
        if (desk := found.get(at.till_id)) is not None and desk.clerk_id == at.clerk_id
        else NoOpenShift()
        for at in asked
    ]


async def resolve(
    tx: Tx, asked: Sequence[tuple[OpenDesk, Sequence[BasketLine]]]
) -> list[tuple[PlaceLine, ...] | BadBasket]:
    """Find the SKU of every line: two queries per merchant in the batch. Every bad line of a basket is told at once."""
    gtins: dict[str, set[str]] = {}
    names: dict[str, set[str]] = {}
    for desk, lines in asked:
        gtins.setdefault(desk.merchant_id, set()).update(line.gtin for line in lines if line.gtin is not None)
        names.setdefault(desk.merchant_id, set()).update(line.sku for line in lines if line.sku is not None)
    by_gtin = {
        (merchant_id, gtin): sku.sku_id
        for merchant_id in sorted(gtins)
        for gtin, sku in (await catalog.skus_by_gtin(tx, merchant_id, sorted(gtins[merchant_id]))).items()
    }
    by_name = {
        (merchant_id, name): sku.sku_id
        for merchant_id in sorted(names)
        for name, sku in (
            await catalog.skus_by_external_id(tx, merchant_id, sorted(names[merchant_id]))
        ).items()
    }
    results: list[tuple[PlaceLine, ...] | BadBasket] = []
    for desk, lines in asked:
        errors = rules.basket_errors(lines, pos_prices=desk.pos_prices)
        found: list[PlaceLine] = []
        for number, line in enumerate(lines, 1):
            sku_id = line.sku_id
            if line.gtin is not None:
                sku_id = by_gtin.get((desk.merchant_id, line.gtin))
            elif line.sku is not None:
                sku_id = by_name.get((desk.merchant_id, line.sku))
            if sku_id is None and (line.gtin or line.sku):
                errors.append(f"line {number}: nothing here has the code {line.gtin or line.sku}")
            found.append(PlaceLine(sku_id or "", line.quantity, desk.store_id, line.line_gross_minor))
        results.append(BadBasket(errors=errors) if errors else tuple(found))
    return results


async def prepare_codes(
    tx: Tx, asked: Sequence[tuple[OpenDesk, str]], now: datetime
) -> list[Prepared | Refusal]:
    """Set the claims of codes aside for their tills and remember that they were shown there."""
    prepared = await coupons.prepare(
        tx,
        [
            PrepareRequest(desk.merchant_id, desk.store_id, desk.till_id, desk.clerk_id, code=code)
            for desk, code in asked
        ],
        now,
    )
    shown = [
        (desk.till_id, result.claim_id, result.member_id)
        for (desk, _), result in zip(asked, prepared, strict=True)
        if not isinstance(result, Refusal)
    ]
    await store.note_prepared(tx, shown, now)
    return list(prepared)


async def shown_claims(
    tx: Tx, asked: Sequence[tuple[OpenDesk, str]], now: datetime
) -> list[str | NotPrepared]:
    """Return the member of each claim that was shown at its till within fifteen minutes, or a refusal. Source: R32."""
    keys = [(desk.till_id, claim_id) for desk, claim_id in asked]
    found = await store.prepared(tx, keys, now - rules.PREPARED_MAX)
    minutes_max = int(rules.PREPARED_MAX.total_seconds() // 60)
    return [found.get(key) or NotPrepared(minutes_max=minutes_max) for key in keys]


async def say_where(
    tx: Tx, results: Sequence[T | Refusal], desks: Sequence[OpenDesk | NoOpenShift], now: datetime
) -> list[T | Refusal]:
    """Name store and local time in every refusal of a used coupon, in both languages. Source: R35."""
    used = [result for result in results if isinstance(result, AlreadyUsed)]
    if not used:
        return list(results)
    here = {desk.store_id for desk in desks if isinstance(desk, OpenDesk)}
    there = {str(one.details["store_id"]) for one in used if one.details.get("store_id")}
    found = await places.stores(tx, sorted(here | there))
    named: list[T | Refusal] = []
    for result, desk in zip(results, desks, strict=True):
        if not isinstance(result, AlreadyUsed):
            named.append(result)
            continue
        at = found.get(str(result.details.get("store_id")))
        clock = at or (found.get(desk.store_id) if isinstance(desk, OpenDesk) else None)
        used_at = _instant(result.details.get("used_at"))
        named.append(
            AlreadyUsedAt(
                store_id=at.store_id if at else None,
                store_name=at.name if at else _ONLINE,
                store_name_en=(at.name_en or at.name) if at else _ONLINE_EN,
                used_at=used_at,
                used_at_local=rules.local_clock(used_at, clock.time_zone, now) if used_at and clock else "—",
            )
        )
    return named


def _instant(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value) if isinstance(value, str) else None


async def names(tx: Tx, sku_ids: Sequence[str]) -> dict[str, str]:
    """Return the names of SKUs by id."""
    return {sku_id: sku.name for sku_id, sku in (await catalog.skus(tx, sorted(set(sku_ids)))).items()}
