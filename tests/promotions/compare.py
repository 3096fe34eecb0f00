"""Say what the engine and the reference came to in the same words, so that they can be compared."""

from importlib import import_module
from typing import Any

import msgspec

from fairday.promotions.engine.document import PriceIn, PriceOut
from tests.promotions.reference import Reckoned

Told = dict[str, Any]


def engine_price(doc: PriceIn) -> PriceOut:
    """Price `doc` with the engine."""
    out: PriceOut = import_module("fairday.promotions.engine").price(doc)
    return out


def named(amounts: dict[tuple[str, str | None], int]) -> dict[str, int]:
    """Return amounts by "offer" or "offer/claim"."""
    return {"/".join(part for part in key if part): amount for key, amount in amounts.items()}


def reckoned(out: Reckoned) -> Told:
    """Return what the reference came to."""
    given = {offer_id for offer_id, _ in out.gifts}
    return {
        "gross": {line_id: line[0] for line_id, line in out.lines.items()},
        "net": {line_id: line[1] for line_id, line in out.lines.items()},
        "tax": {line_id: line[2] for line_id, line in out.lines.items()},
        "applied": named({key: amount for key, amount in out.applied.items() if key[0] not in given}),
        "payments": named(out.payments),
        "allocations": {" ".join(key): amount for key, amount in out.allocations.items()},
        "gifts": {" ".join(key): count for key, count in out.gifts.items()},
        "subtotal": out.subtotal_minor,
        "discount": out.discount_minor,
        "freight": out.freight_minor,
        "taxes": out.tax_minor,
        "total": out.total_minor,
        "payable": out.payable_minor,
    }


def priced(out: PriceOut) -> Told:
    """Return what the engine came to. Offers that take nothing off are not compared, nor is what a gift offer is said to take."""
    goods = [line for line in out.lines if line.gift_of is None]
    gifts: dict[str, int] = {}
    for line in out.lines:
        if line.gift_of is not None:
            key = f"{line.gift_of} {line.sku}"
            gifts[key] = gifts.get(key, 0) + int(line.quantity)
    given = {line.gift_of for line in out.lines}
    allocations: dict[str, int] = {}
    for line in goods:
        for part in line.allocations:
            key = f"{line.line_id} {part.offer_id} {part.funder}"
            allocations[key] = allocations.get(key, 0) + part.amount_minor
    return {
        "gross": {line.line_id: line.gross_minor for line in goods},
        "net": {line.line_id: line.net_minor for line in goods},
        "tax": {line.line_id: line.tax_minor for line in goods},
        "applied": named({
            (one.offer_id, one.claim_id): one.amount_minor
            for one in out.applied
            if one.amount_minor and one.lane != "payment" and one.offer_id not in given
        }),
        "payments": named({(one.offer_id, one.claim_id): one.amount_minor for one in out.payments}),
        "allocations": {key: amount for key, amount in allocations.items() if amount},
        "gifts": gifts,
        "subtotal": out.subtotal_minor,
        "discount": out.discount_minor,
        "freight": out.freight_minor,
        "taxes": out.tax_minor,
        "total": out.total_minor,
        "payable": out.payable_minor,
    }  # fmt: skip


def differences(one: Told, other: Told) -> str:
    """Return what is told otherwise, field by field; nothing when both say the same."""
    rows = [f"{key}: engine {one[key]}, reference {other[key]}" for key in other if one[key] != other[key]]
    return "\n".join(rows)


def as_json(doc: PriceIn) -> str:
    """Return a document to paste into `fairday price`."""
    return msgspec.json.format(msgspec.json.encode(doc), indent=1).decode()
