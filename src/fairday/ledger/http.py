"""Serve wallets to members, the books to operators, and a merchant's own accounts to the merchant."""

import re
from typing import Annotated

import msgspec

from fairday.kernel.errors import BadInput, NotFound, Refusal
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Page, PageQuery, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.ids import Id, new_id
from fairday.kernel.money import Currency, PositiveMinor, is_currency
from fairday.kernel.tx import Tx
from fairday.ledger import rules, service
from fairday.ledger.errors import UnknownCurrency
from fairday.ledger.types import (
    Allotment,
    CampaignBudget,
    Entry,
    TopUp,
    TopUpDone,
    TrialBalance,
    Wallet,
    WalletBalance,
)

router = Router("ledger")
LANES = {"ledger.top_up": (service.top_up, {"status": 201})}

_MEMBER = frozenset({Role.MEMBER})
_OPERATOR = frozenset({Role.OPERATOR})
_STAFF = frozenset({Role.OPERATOR, Role.MERCHANT})

SandboxMinor = Annotated[
    int,
    msgspec.Meta(
        ge=1, le=10**8, description="Minor units; a sandbox gives at most a million yuan at a time."
    ),
]


_BUDGET = re.compile("[a-z0-9][a-z0-9-]{0,39}")


class AllotmentBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask to set money aside for a campaign."""

    amount_minor: PositiveMinor
    currency: Currency = "CNY"


class StatementQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Ask for a page of a statement in one currency."""

    currency: Currency = "CNY"


class TopUpBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for play money in one's own wallet."""

    amount_minor: SandboxMinor
    currency: Currency = "CNY"


class MemberTopUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for play money in a member's wallet."""

    member_id: Id
    amount_minor: SandboxMinor
    currency: Currency = "CNY"


class BulkTopUpBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for play money for many members at once."""

    items: Annotated[list[MemberTopUp], msgspec.Meta(min_length=1, max_length=1000)]


class BulkTopUpDone(msgspec.Struct, frozen=True):
    """Tell how many wallets were credited."""

    credited_count: int


@router.read("/wallet", who=_MEMBER, returns=Wallet, summary="See what my wallet holds")
async def get_wallet(call: Call, tx: Tx) -> Wallet:
    """Return the wallet's balance in each currency; `free_minor` is what may be spent."""
    account_id = rules.wallet_of(call.principal.own_member())
    found = await service.currencies(tx, account_id)
    return Wallet(
        account_id,
        [
            WalletBalance(currency, balance.posted_minor, balance.held_minor, balance.free_minor)
            for currency, balance in sorted(found.items())
        ],
    )


@router.read(
    "/wallet/statement",
    who=_MEMBER,
    returns=Page[Entry],
    query=StatementQuery,
    summary="Read my wallet's statement",
)
async def get_wallet_statement(call: Call, tx: Tx) -> Page[Entry]:
    """Return a page of entries, newest first, each with the balance before and after it."""
    account_id = rules.wallet_of(call.principal.own_member())
    return await _statement(call, tx, account_id)


@router.lane(
    "/sandbox/top-ups",
    who=_MEMBER,
    returns=TopUpDone,
    body=TopUpBody,
    status=201,
    needs_sandbox=True,
    refusals=(UnknownCurrency,),
    summary="Put play money into my wallet (sandbox)",
    example={"amount_minor": 50_000, "currency": "CNY"},
)
async def top_up_sandbox(call: Call, body: TopUpBody) -> Answer:
    """Credit the asker's own wallet from outside; only in a sandbox."""
    _known(body.currency)
    wish = TopUp(new_id("trf"), call.principal.own_member(), body.currency, body.amount_minor)
    answer: Answer = await call.services.lanes["ledger.top_up"].submit(wish, call.key)
    return answer


@router.write(
    "POST",
    "/sandbox/top-ups/bulk",
    who=_OPERATOR,
    returns=BulkTopUpDone,
    body=BulkTopUpBody,
    status=201,
    needs_sandbox=True,
    body_max=512 * 1024,
    refusals=(UnknownCurrency,),
    summary="Put play money into many wallets (sandbox)",
    example={"items": [{"member_id": "mem_019a3f6c2d1", "amount_minor": 50_000, "currency": "CNY"}]},
)
async def top_up_sandbox_bulk(call: Call, tx: Tx, body: BulkTopUpBody) -> BulkTopUpDone:
    """Credit up to a thousand wallets in one step, all or none; only in a sandbox."""
    for item in body.items:
        _known(item.currency)
    wishes = [TopUp(new_id("trf"), item.member_id, item.currency, item.amount_minor) for item in body.items]
    for answer in await service.top_up(tx, wishes, call.now):
        if isinstance(answer, Refusal):
            raise answer
    return BulkTopUpDone(len(wishes))


@router.read(
    "/ledger/campaign-budgets",
    who=_OPERATOR,
    returns=Page[CampaignBudget],
    summary="See what campaigns can still give",
)
async def list_campaign_budgets(call: Call, tx: Tx) -> Page[CampaignBudget]:
    """Each budget's balance in each of its currencies."""
    return Page(await service.campaign_budgets(tx))


@router.write(
    "POST",
    "/ledger/campaign-budgets/{budget}/allotments",
    who=_OPERATOR,
    returns=CampaignBudget,
    body=AllotmentBody,
    status=201,
    refusals=(UnknownCurrency, BadInput),
    summary="Give a campaign a budget",
    example={"amount_minor": 1_000_000, "currency": "CNY"},
)
async def allot_campaign_budget(call: Call, tx: Tx, body: AllotmentBody) -> CampaignBudget:
    """Sets money of the platform's marketing aside; a campaign never gives more than its budget holds."""
    _known(body.currency)
    budget = call.path["budget"]
    if not _BUDGET.fullmatch(budget):
        raise BadInput(errors=["budget: small letters, digits and '-', 40 at most"])
    return await service.allot(
        tx, Allotment(new_id("trf"), budget, body.currency, body.amount_minor), call.now
    )


@router.read(
    "/ledger/trial-balance",
    who=_OPERATOR,
    returns=list[TrialBalance],
    summary="Check that the books sum to zero",
)
async def get_trial_balance(call: Call, tx: Tx) -> list[TrialBalance]:
    """Return every kind of account summed per currency; each `difference_minor` is zero."""
    return await service.trial_balance(tx)


@router.read(
    "/ledger/accounts/{account_id}/statement",
    who=_STAFF,
    returns=Page[Entry],
    query=StatementQuery,
    refusals=(NotFound,),
    summary="Read an account's statement",
)
async def get_account_statement(call: Call, tx: Tx) -> Page[Entry]:
    """Return a page of an account's entries. An operator reads every account, a merchant `merchant:{own id}:...`."""
    account_id = call.path["account_id"]
    kind, _, rest = account_id.partition(":")
    owner = rest.partition(":")[0] if kind == "merchant" else None
    if not call.principal.may_see(owner) or not await service.currencies(tx, account_id):
        raise NotFound(what="account")
    return await _statement(call, tx, account_id)


async def _statement(call: Call, tx: Tx, account_id: str) -> Page[Entry]:
    query = call.query or StatementQuery()
    return await service.statement(tx, account_id, query.currency, query)


def _known(currency: str) -> None:
    """Raises: UnknownCurrency for a code that ISO 4217 does not have."""
    if not is_currency(currency):
        raise UnknownCurrency(currency=currency)
