"""Offer redeeming and selling at tills, and members' pay codes, over HTTP."""

from fairday.checkout import errors as checkout_errors
from fairday.coupons import errors as coupon_errors
from fairday.identity import service as identity
from fairday.identity.errors import PIN_REFUSALS
from fairday.kernel import strict_json
from fairday.kernel.errors import NotFound
from fairday.kernel.http import paging
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Page, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.tx import Tx
from fairday.tills import errors, pay_codes, service
from fairday.tills.http_desk import LAST_ID, OWNERS, scope_of
from fairday.tills.sale_types import (
    ConsumeAt,
    ConsumeBody,
    LogQuery,
    PayCode,
    PrepareAt,
    PrepareBody,
    Prepared,
    QuoteAt,
    QuoteBody,
    Redemption,
    ReversalBody,
    ReverseAt,
    SaleBody,
    SellAt,
    TillQuote,
    TillSale,
    UndoAt,
)
from fairday.tills.types import At

router = Router("tills")
CLERKS = frozenset({Role.CLERK})
LANES = {
    "tills.prepare": (service.prepare, {}),
    "tills.consume": (service.consume, {"status": 201}),
    "tills.reverse": (service.reverse, {}),
    "tills.quote": (service.quote, {}),
    "tills.sell": (service.sell, {"status": 201}),
    "tills.undo": (service.undo, {}),
}

CODES = (
    coupon_errors.CodeInvalid,
    coupon_errors.CodeExpired,
    coupon_errors.TooManyCodes,
    coupon_errors.ClaimVoided,
    coupon_errors.ClaimExpired,
    coupon_errors.NotYetUsable,
    coupon_errors.ClaimLocked,
    coupon_errors.RedeemStopped,
    coupon_errors.PhaseNotOpen,
    coupon_errors.OutsideHours,
    coupon_errors.WrongChannel,
    coupon_errors.WrongStore,
    errors.AlreadyUsedAt,
)


def at(call: Call) -> At:
    """Return who acts where. Raises: NoOpenShift for a clerk who is not at a till."""
    if call.principal.till_id is None:
        raise errors.NoOpenShift()
    return At(call.principal.account_id, call.principal.till_id)


@router.lane(
    "/redemptions/preparations",
    who=CLERKS,
    body=PrepareBody,
    returns=Prepared,
    summary="Prepare a coupon",
    refusals=(errors.NoOpenShift, errors.BadBasket, *CODES),
    example={"code": "6BFOXN*TS0BI$ZDFRH", "lines": [{"gtin": "6901234567892", "quantity": 2}]},
)
async def prepare(call: Call, body: PrepareBody) -> Answer:
    """Scan a coupon: set it aside for this till for two minutes; with a basket, say which lines count and what it gives."""
    answer: Answer = await call.services.lanes["tills.prepare"].submit(PrepareAt(at(call), body), call.key)
    return answer


@router.lane(
    "/redemptions",
    who=CLERKS,
    body=ConsumeBody,
    returns=Redemption,
    status=201,
    summary="Use a coupon up",
    refusals=(
        errors.NoOpenShift,
        errors.SaleConflict,
        errors.BadBasket,
        errors.AmountNeeded,
        errors.NotPrepared,
        coupon_errors.ReceiptConflict,
        coupon_errors.AmountTooHigh,
        *CODES,
    ),
    example={"claim_id": "clm_0001", "receipt_id": "2026-11-11-000042", "amount_minor": 2000},
)
async def consume(call: Call, body: ConsumeBody) -> Answer:
    """Use a coupon up for a receipt. The same receipt gets the same answer; another is told where and when it was used."""
    if (body.claim_id is None) == (body.code is None):
        raise errors.BadBasket(errors=["name the coupon by exactly one of claim_id and code"])
    answer: Answer = await call.services.lanes["tills.consume"].submit(ConsumeAt(at(call), body), call.key)
    return answer


@router.lane(
    "/redemptions/{redemption_id}/reversals",
    who=CLERKS,
    body=ReversalBody,
    returns=Redemption,
    summary="Undo a redemption",
    refusals=(errors.NoOpenShift, NotFound, coupon_errors.TooLateToReverse),
    example={"reason": "The shopper changed her mind."},
)
async def reverse(call: Call, body: ReversalBody) -> Answer:
    """Undo a redemption of this store; the coupon can be used again."""
    answer: Answer = await call.services.lanes["tills.reverse"].submit(
        ReverseAt(at(call), call.path["redemption_id"], body.reason), call.key
    )
    return answer


@router.read(
    "/redemptions",
    who=OWNERS | CLERKS,
    query=LogQuery,
    returns=Page[Redemption],
    summary="List redemptions at tills",
)
async def redemptions(call: Call, tx: Tx) -> Page[Redemption]:
    """List redemptions at tills, the newest first: a merchant its own by store or till, a clerk its own till's."""
    query: LogQuery = call.query
    start = paging.read(query.cursor, [str])
    found = await service.redemption_log(
        tx, *_bounds(call, query), before=start[0] if start else LAST_ID, limit=query.limit + 1
    )
    more = paging.make(found[query.limit - 1].redemption_id) if len(found) > query.limit else None
    return Page(found[: query.limit], more)


@router.lane(
    "/till-sales/quotes",
    who=CLERKS,
    body=QuoteBody,
    returns=TillQuote,
    needs_key=False,
    summary="Price a basket at this till",
    refusals=(errors.NoOpenShift, errors.BadBasket, errors.NotPrepared, checkout_errors.BadLines, *CODES),
    example={"lines": [{"gtin": "6901234567892", "quantity": 2}]},
)
async def quote(call: Call, body: QuoteBody) -> Answer:
    """Say what a basket costs here with these coupons; send the answer's `claim_ids` and total with the sale."""
    # A lane, because what it counts (typed codes) must stand even where it refuses.
    answer: Answer = await call.services.lanes["tills.quote"].submit(QuoteAt(at(call), body), call.key)
    return answer


@router.lane(
    "/till-sales",
    who=CLERKS,
    body=SaleBody,
    returns=TillSale,
    status=201,
    summary="Sell at this till",
    refusals=(
        errors.NoOpenShift,
        errors.SaleConflict,
        errors.BadBasket,
        errors.NotPrepared,
        errors.PayCodeNeeded,
        errors.TooLittleCash,
        checkout_errors.BadLines,
        checkout_errors.WrongCurrency,
        checkout_errors.PriceChanged,
        checkout_errors.TendersMismatch,
        checkout_errors.WalletTooLow,
        *CODES,
    ),
    example={
        "receipt_id": "2026-11-11-000042",
        "lines": [{"gtin": "6901234567892", "quantity": 2}],
        "expected_total_minor": 5980,
        "cash_tendered_minor": 6000,
    },
)
async def sell(call: Call, body: SaleBody) -> Answer:
    """Sell a basket: coupons by code or as quoted, the wallet by the member's pay code, the rest in cash with change."""
    answer: Answer = await call.services.lanes["tills.sell"].submit(SellAt(at(call), body), call.key)
    return answer


@router.lane(
    "/till-sales/{sale_id}/undos",
    who=CLERKS,
    returns=TillSale,
    summary="Undo a sale",
    refusals=(errors.NoOpenShift, NotFound, errors.TooLateToUndo, checkout_errors.NotCancellable),
)
async def undo(call: Call) -> Answer:
    """Undo a sale of this till within 60 seconds: goods, coupons, wallet and cash go back."""
    answer: Answer = await call.services.lanes["tills.undo"].submit(
        UndoAt(at(call), call.path["sale_id"]), call.key
    )
    return answer


@router.read(
    "/till-sales",
    who=OWNERS | CLERKS,
    query=LogQuery,
    returns=Page[TillSale],
    summary="List sales at tills",
)
async def sales(call: Call, tx: Tx) -> Page[TillSale]:
    """List sales at tills, the newest first: a merchant its own by store or till, a clerk its own till's."""
    query: LogQuery = call.query
    start = paging.read(query.cursor, [str])
    found = await service.sale_log(
        tx, *_bounds(call, query), before=start[0] if start else LAST_ID, limit=query.limit + 1
    )
    more = paging.make(found[query.limit - 1].sale_id) if len(found) > query.limit else None
    return Page(found[: query.limit], more)


@router.read(
    "/till-sales/{sale_id}",
    who=OWNERS | CLERKS,
    returns=TillSale,
    summary="Show a sale",
    refusals=(NotFound,),
)
async def sale(call: Call, tx: Tx) -> TillSale:
    """Show one sale with its lines: a merchant its own, a clerk its own till's."""
    found = await service.sale(tx, call.path["sale_id"])
    call.principal.own_merchant(found.merchant_id, "sale")
    if call.principal.role is Role.CLERK and found.till_id != call.principal.till_id:
        raise NotFound(what="sale")
    return found


@router.lane(
    "/pay-codes",
    who=frozenset({Role.MEMBER}),
    returns=PayCode,
    status=201,
    needs_key=False,
    takes_pin=True,
    summary="Show my pay code",
    refusals=PIN_REFUSALS,
)
async def pay_code(call: Call) -> Answer:
    """Show the member's pay code of this minute: a till scans it to take money from the wallet, once. Do not share it.

    With a payment PIN set, the first needs it; those of the next five minutes do not."""
    member_id, pin = call.principal.own_member(), call.pin
    if call.principal.needs_pin:
        await identity.allow_showing(call.services.database, call.principal, pin)
    async with call.services.database.transaction() as (tx, now):
        code = await pay_codes.issue(tx, member_id, now)
    return Answer(201, strict_json.encode(code))


def _bounds(call: Call, query: LogQuery) -> tuple[str | None, str | None, str | None]:
    """Return merchant, store and till that a list is of."""
    if call.principal.role is Role.CLERK:
        return call.principal.merchant_id, None, at(call).till_id
    return scope_of(call, query.merchant_id), query.store_id, query.till_id
