"""Write, approve, stop and resume offers. Every edit is a version; a second person approves what was simulated. Source: R2, R29, F21."""

from datetime import datetime

from fairday.catalog import service as catalog
from fairday.kernel import outbox
from fairday.kernel.http.principal import Principal
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.promotions import offer_rules, saying, store
from fairday.promotions.engine.faults import Fault
from fairday.promotions.engine.offers import OfferTerms
from fairday.promotions.errors import (
    AlreadyApproved,
    BadOffer,
    NotSimulated,
    OfferUnknown,
    SamePerson,
    Superseded,
    WrongOfferStatus,
)
from fairday.promotions.events import OfferLive, OfferStopped
from fairday.promotions.offer_types import (
    OfferAsk,
    OfferBody,
    OfferKey,
    OfferStatus,
    OfferView,
    VersionBody,
    VersionView,
)

VERSIONS_MAX = 500


async def create(tx: Tx, body: OfferBody, merchant_id: str | None, by: Principal, now: datetime) -> OfferView:
    """Write a new offer, which is not live before it was simulated and approved.

    Raises: BadOffer with everything that is wrong.
    """
    terms = await _checked(tx, body.terms, merchant_id)
    offer_id = new_id("ofr")
    await store.insert_offer(tx, offer_id, merchant_id, body.currency, body.budget_minor, now)
    await store.insert_version(
        tx, offer_id, 1, terms, body.budget_minor, body.reason, (by.account_id, by.name), now
    )
    return await get(tx, offer_id)


async def add_version(tx: Tx, offer_id: str, body: VersionBody, by: Principal, now: datetime) -> OfferView:
    """Write a new version; the live one goes on.

    Raises: OfferUnknown, BadOffer.
    """
    terms = await _checked(tx, body.terms, (await get(tx, offer_id)).merchant_id)
    version = await store.next_version(tx, offer_id)
    assert version is not None, "it was read a moment ago, and offers are never deleted"
    await store.insert_version(
        tx, offer_id, version, terms, body.budget_minor, body.reason, (by.account_id, by.name), now
    )
    return await get(tx, offer_id)


async def _checked(tx: Tx, terms: OfferTerms, merchant_id: str | None) -> OfferTerms:
    errors = offer_rules.errors_of(terms, merchant_id)
    named = sorted(offer_rules.named_skus(terms))
    owners = {one.sku_id: one.merchant_id for one in (await catalog.skus(tx, named)).values()}
    # A stranger's SKU and an unknown one are told alike (I61).
    errors += [
        Fault(f"items: there is no {one} here", f"items：没有商品 {one}")
        for one in named
        if owners.get(one) not in (merchant_id or owners.get(one, ""),)
    ]
    if errors:
        raise BadOffer(errors=errors[:50])
    return offer_rules.with_name(terms)


async def get(tx: Tx, offer_id: str) -> OfferView:
    """Return an offer with its latest version. Raises: OfferUnknown."""
    found = await saying.offers(tx, list((await store.views(tx, [offer_id])).values()))
    if not found:
        raise OfferUnknown()
    return found[0]


async def find(
    tx: Tx, ask: OfferAsk, after: OfferKey | None, limit: int
) -> tuple[list[OfferView], OfferKey | None]:
    """Return a page of offers, with the key that the next page begins after when there is one."""
    keys = await store.find(tx, ask, after, limit + 1)
    page = keys[:limit]
    views = await store.views(tx, [one.offer_id for one in page])
    told = await saying.offers(tx, [views[one.offer_id] for one in page])
    return told, page[-1] if len(keys) > limit else None


async def versions(tx: Tx, offer: OfferView) -> list[VersionView]:
    """Return the versions of an offer, the newest first, at most `VERSIONS_MAX`."""
    found = await store.versions(tx, offer.offer_id, VERSIONS_MAX)
    return await saying.versions(tx, found, offer.merchant_id, offer.currency)


async def approve(tx: Tx, offer_id: str, version: int, by: Principal, now: datetime) -> OfferView:
    """Make the latest version live, by a second person.

    Raises: OfferUnknown, Superseded, AlreadyApproved, SamePerson, NotSimulated.
    """
    await store.lock(tx, offer_id)
    offer = await get(tx, offer_id)
    latest = offer.latest
    if version != latest.version:
        raise Superseded(latest=latest.version)
    if latest.approved_by is not None:
        raise AlreadyApproved()
    if latest.created_by == by.account_id:
        raise SamePerson()
    if latest.simulation is None:
        raise NotSimulated()
    if latest.budget_minor is not None and offer.taken_minor > latest.budget_minor:
        raise BadOffer(
            errors=[
                Fault(
                    "budget_minor: orders have taken more than this already",
                    "budget_minor：低于订单已经使用的优惠金额",
                )
            ]
        )
    await store.approve(tx, offer_id, version, (by.account_id, by.name), now)
    await store.go_live(tx, offer_id, version, latest.budget_minor)
    await store.new_revision(tx)
    await outbox.publish(
        tx, [OfferLive(offer_id=offer_id, merchant_id=offer.merchant_id, version=version)], now
    )
    return await get(tx, offer_id)


async def stop(tx: Tx, offer_id: str, reason: str, now: datetime) -> OfferView:
    """Stop a live offer for everybody at once: the kill switch. Raises: OfferUnknown, WrongOfferStatus."""
    return await _move(tx, offer_id, OfferStatus.LIVE, OfferStatus.STOPPED, reason, now)


async def resume(tx: Tx, offer_id: str, now: datetime) -> OfferView:
    """Let a stopped offer go on in its live version. Raises: OfferUnknown, WrongOfferStatus."""
    return await _move(tx, offer_id, OfferStatus.STOPPED, OfferStatus.LIVE, None, now)


async def _move(
    tx: Tx, offer_id: str, before: OfferStatus, after: OfferStatus, reason: str | None, now: datetime
) -> OfferView:
    offer = await get(tx, offer_id)
    if not await store.set_status(tx, offer_id, after, reason, before):
        raise WrongOfferStatus(offer_status=offer.status)
    await store.new_revision(tx)
    if after is OfferStatus.STOPPED:
        told: OfferLive | OfferStopped = OfferStopped(
            offer_id=offer_id, merchant_id=offer.merchant_id, reason=reason or ""
        )
    else:
        assert offer.live_version is not None, "what was stopped had been live"
        told = OfferLive(offer_id=offer_id, merchant_id=offer.merchant_id, version=offer.live_version)
    await outbox.publish(tx, [told], now)
    return await get(tx, offer_id)
