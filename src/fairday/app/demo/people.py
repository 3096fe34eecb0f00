"""Bring the people of the demo: operator, merchants with staff and tills, members with money and first coupons.

Passwords and PINs are drawn anew in each home; those of one merchant's people are told where the demo runs.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from fairday.app.demo import secrets, signs, story
from fairday.coupons import service as coupons
from fairday.coupons.claims import ClaimRequest
from fairday.identity import service as identity
from fairday.identity.types import AccountDraft, MerchantChange, MerchantDraft
from fairday.kernel.errors import Refusal
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.ledger.types import TopUp
from fairday.members import service as member_service
from fairday.members.types import Member, MemberDraft, Purpose
from fairday.tills import devices
from fairday.tills.types import PairingBody, TillDraft

MEMBERS = 300
TOP_UPS_MINOR = (20_000, 50_000, 80_000, 120_000, 300_000)
SHOWN = "quickstep"
"""The merchant whose login, clerk and till are told to the person who starts the demo."""


class Login(NamedTuple):
    """Tell how to sign in as someone of the demo; for a till `secret` is its device's token."""

    role: str
    name: str
    login: str
    secret: str


class Merchants(NamedTuple):
    """Hold the merchants' ids by their login, who acts for each, and what to tell of them."""

    ids: dict[str, str]
    owners: dict[str, Principal]
    logins: list[Login]


class Staff(NamedTuple):
    """Hold who writes and who approves offers: the platform's planner, each shop's own people, the operator."""

    planner: Principal
    owners: Mapping[str, Principal]
    approver: Principal


async def operator(tx: Tx, now: datetime) -> tuple[Principal, list[Login]]:
    """Make the operator, unless there is one already; return who acts while the city is built."""
    password = secrets.password()
    account = await identity.bootstrap_operator(tx, "operator", password, now)
    if account is None:
        return Principal("acc_demo", Role.OPERATOR, "ses_demo", name="运营 Operator"), []
    who = Principal(account.account_id, Role.OPERATOR, "ses_demo", name=account.name)
    return who, [Login("operator", "运营 Operator", "operator", password)]


async def planner(tx: Tx, now: datetime) -> tuple[Principal, list[Login]]:
    """Make a second operator, who plans the festival's offers: what one writes the other approves."""
    password, name = secrets.password(), "活动策划 Planner"
    draft = AccountDraft(role=Role.OPERATOR, name=name, login="planner", password=password)
    account = await identity.create_account(tx, draft, now)
    who = Principal(account.account_id, Role.OPERATOR, "ses_demo", name=name)
    return who, [Login("operator", name, "planner", password)]


async def merchants(tx: Tx, now: datetime) -> Merchants:
    """Make each shop's merchant with a login of its own."""
    ids: dict[str, str] = {}
    owners: dict[str, Principal] = {}
    logins: list[Login] = []
    for shop in story.SHOPS:
        merchant = await identity.create_merchant(
            tx, MerchantDraft(name=shop.name, name_en=shop.name_en, external_id=shop.login), now
        )
        ids[shop.login] = merchant.merchant_id
        change = MerchantChange(story=shop.story, story_en=shop.story_en, logo=signs.address(shop.login))
        await identity.change_merchant(tx, merchant.merchant_id, change)
        password, pin = secrets.password(), secrets.pin()
        draft = AccountDraft(
            role=Role.MERCHANT,
            name=f"{shop.name} 店长",
            login=shop.login,
            password=password,
            pin=pin,
            merchant_id=merchant.merchant_id,
        )
        account = await identity.create_account(tx, draft, now)
        owners[shop.login] = Principal(
            account.account_id, Role.MERCHANT, "ses_demo", merchant.merchant_id, name=draft.name
        )
        if shop.login == SHOWN:
            logins.append(Login("merchant", f"{shop.name} {shop.name_en}", shop.login, password))
            logins.append(Login("supervisor", f"{shop.name} 店长", shop.login, pin))
    return Merchants(ids, owners, logins)


async def staff(
    tx: Tx, merchant_ids: Mapping[str, str], store_ids: Mapping[str, str], by: Principal, now: datetime
) -> list[Login]:
    """Give each merchant a clerk and a till in its first store; pair one till and return how to use it."""
    logins: list[Login] = []
    for place, shop in enumerate(story.SHOPS):
        clerk = story.SURNAMES[place] + story.GIVEN_NAMES[place]
        login, pin = f"{shop.login}-clerk", secrets.pin()
        draft = AccountDraft(
            role=Role.CLERK,
            name=clerk,
            login=login,
            pin=pin,
            merchant_id=merchant_ids[shop.login],
            store_id=store_ids[shop.login],
        )
        await identity.create_account(tx, draft, now)
        till = await devices.create_till(
            tx, by, TillDraft(store_id=store_ids[shop.login], name="1 号收银台"), now
        )
        if shop.login == SHOWN:
            code = await devices.make_setup_code(tx, by, till.till_id, now)
            body = PairingBody(setup_code=code.code, device_name="Demo till")
            paired = await devices.pair(tx, body, "demo", now)
            logins.append(Login("clerk", f"{shop.name} {clerk}", login, pin))
            assert paired.token is not None, "only pages get cookies"
            logins.append(Login("till", f"{shop.name} {till.name}", till.till_id, paired.token))
    return logins


async def members(tx: Tx, coupon_ids: Sequence[str], now: datetime) -> Login:
    """Make the members, fill their wallets, let every third one claim; return how to sign in as the first.

    Members sign in by phone: the sandbox shows the text message at `GET /v1/sandbox/messages`.
    """
    drafts = [_member(number) for number in range(MEMBERS)]
    made = await member_service.register_all(tx, drafts, now)
    await _top_up(tx, made, now)
    requests = [
        ClaimRequest(coupon_ids[number % len(coupon_ids)], member.member_id, member.person_id)
        for number, member in enumerate(made)
        if number % 3 == 0
    ]
    _must(await coupons.claim(tx, requests, now))
    return Login("member", drafts[0].nickname, drafts[0].phone, "the code at /v1/sandbox/messages")


def _member(number: int) -> MemberDraft:
    surname = story.SURNAMES[number % len(story.SURNAMES)]
    given = story.GIVEN_NAMES[number * 7 // len(story.SURNAMES) % len(story.GIVEN_NAMES)]
    consents = (Purpose.MARKETING, Purpose.LOCATION) if number % 2 == 0 else ()
    return MemberDraft(nickname=surname + given, phone=f"+86139000{number:05}", consents=consents)


async def _top_up(tx: Tx, made: Sequence[Member], now: datetime) -> None:
    top_ups = [
        TopUp(f"top_demo_{member.member_id}", member.member_id, "CNY", TOP_UPS_MINOR[number % 5])
        for number, member in enumerate(made)
    ]
    _must(await ledger.top_up(tx, top_ups, now))


def _must(results: Sequence[object]) -> None:
    """Assert that the story met no refusal: its numbers are ours."""
    refused = [result for result in results if isinstance(result, Refusal)]
    assert not refused, refused[0]
