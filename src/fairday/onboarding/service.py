"""Open shops and decide on their limits: onboarding's door for everyone else."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.coupons import service as coupons
from fairday.identity import service as identity
from fairday.identity.types import AccountDraft, MerchantChange, MerchantDraft, Session, Tier
from fairday.kernel import outbox
from fairday.kernel.errors import NotFound
from fairday.kernel.http.principal import Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.onboarding import events, rules, store
from fairday.onboarding.errors import LicenceTaken, NothingToDecide, PhoneHasShop
from fairday.onboarding.types import (
    Application,
    ApplicationStatus,
    LimitsDecision,
    LimitsRequest,
    ShopDraft,
    ShopOpened,
)
from fairday.places import service as places
from fairday.places.types import StoreDraft

FIRST_STORE = "1"


async def open_shop(
    tx: Tx, draft: ShopDraft, proof: tuple[bytes, bytes], now: datetime
) -> tuple[ShopOpened, str, Session]:
    """Open a shop whole: merchant, owner, store, first coupon; return it with the owner's session and token.

    `proof` is what `identity.try_phone_code` judged right. Raises: WrongCode, PhoneHasShop, BadLicence, LicenceTaken, and
    what places and coupons refuse.
    """
    rules.check_licence(draft.licence, draft.licence_number)
    await identity.use_phone_code(tx, *proof)
    if await identity.owner_of_phone(tx, proof[0]) is not None:
        raise PhoneHasShop()
    merchant = await identity.create_merchant(
        tx, MerchantDraft(name=draft.name, name_en=draft.name_en), now, tier=Tier.SMALL
    )
    merchant_id = merchant.merchant_id
    if draft.story:
        await identity.change_merchant(tx, merchant_id, MerchantChange(story=draft.story))
    account = await identity.create_account(
        tx,
        AccountDraft(role=Role.MERCHANT, name=draft.name, phone=draft.phone, merchant_id=merchant_id),
        now,
    )
    place = StoreDraft(
        external_id=FIRST_STORE,
        name=draft.name,
        name_en=draft.name_en,
        kind=draft.kind,
        region_id=draft.region_id,
        address=draft.address,
        latitude=draft.latitude,
        longitude=draft.longitude,
        hours=draft.hours,
    )
    shop = await places.create_store(tx, merchant_id, place, now)
    terms = rules.first_terms(draft.coupon, shop.store_id, now)
    coupon = await coupons.create(tx, merchant_id, terms, by=account.account_id, now=now)
    await coupons.publish(tx, coupon.coupon_id, now)
    application = await _apply(tx, draft, merchant_id, shop.store_id, now)
    token, session = await identity.open_session(tx, account.account_id, ttl_s=identity.STAFF_TTL_S, now=now)
    opened = ShopOpened(
        token=None,
        expires_at=session.expires_at,
        account_id=account.account_id,
        merchant=merchant,
        store=shop,
        coupon_id=coupon.coupon_id,
        application=application,
    )
    return opened, token, session


async def _apply(tx: Tx, draft: ShopDraft, merchant_id: str, store_id: str, now: datetime) -> Application:
    status = rules.first_status(draft.licence)
    application = Application(
        application_id=new_id("app"),
        merchant_id=merchant_id,
        shop_name=draft.name,
        region_id=draft.region_id,
        licence=draft.licence,
        licence_number=draft.licence_number,
        status=status,
        applied_at=now,
        requested_at=now if status is ApplicationStatus.REQUESTED else None,
        decided_at=None,
        reason="",
    )
    if not await store.insert(tx, application):
        raise LicenceTaken()
    event = events.ShopOpened(
        merchant_id=merchant_id,
        application_id=application.application_id,
        store_id=store_id,
        region_id=draft.region_id,
        licence=draft.licence,
    )
    await outbox.publish(tx, [event], now)
    return application


async def application_of(tx: Tx, merchant_id: str) -> Application:
    """Return a merchant's application. Raises: NotFound for merchants that the operator made."""
    found = await store.find_of(tx, merchant_id)
    if found is None:
        raise NotFound(what="application")
    return found


async def applications(
    tx: Tx, status: ApplicationStatus | None, *, before_id: str | None, limit: int
) -> Sequence[Application]:
    """Return applications, the newest first."""
    return await store.listing(tx, status, before_id, limit)


async def request_limits(tx: Tx, merchant_id: str, request: LimitsRequest, now: datetime) -> Application:
    """Ask for the limits to be lifted. Raises: NotFound, BadLicence, LicenceTaken, NothingToDecide."""
    rules.check_licence(request.licence, request.licence_number)
    before = await application_of(tx, merchant_id)
    if await store.is_licence_in_use(tx, request.licence_number, merchant_id):
        raise LicenceTaken()
    old = [one for one, next_ones in rules.TRANSITIONS.items() if ApplicationStatus.REQUESTED in next_ones]
    if not await store.request_limits(
        tx, before.application_id, old, request.licence, request.licence_number, now
    ):
        raise NothingToDecide(application_status=before.status)
    return await application_of(tx, merchant_id)


async def decide(
    tx: Tx, application_id: str, decision: LimitsDecision, *, by: str, now: datetime
) -> Application:
    """Lift a shop's limits or not; the shop works on either way. Raises: NotFound, NothingToDecide."""
    before = await store.find(tx, application_id)
    if before is None:
        raise NotFound(what="application")
    status = ApplicationStatus.APPROVED if decision.is_approved else ApplicationStatus.REJECTED
    if not await store.decide(tx, application_id, status, by, decision.reason, now):
        raise NothingToDecide(application_status=before.status)
    if decision.is_approved:
        await identity.set_tier(tx, before.merchant_id, Tier.STANDARD)
    event = events.LimitsDecided(
        merchant_id=before.merchant_id, application_id=application_id, is_approved=decision.is_approved
    )
    await outbox.publish(tx, [event], now)
    return msgspec.structs.replace(before, status=status, decided_at=now, reason=decision.reason)
