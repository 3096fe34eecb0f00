"""Say offers in plain sentences, with the names of the goods, shops, stores and phases that their terms name by id."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from fairday.catalog import service as catalog
from fairday.festivals import service as festivals
from fairday.identity import service as identity
from fairday.kernel.tx import Tx
from fairday.places import service as places
from fairday.promotions.engine.offers import OfferTerms
from fairday.promotions.engine.sentences import sentence
from fairday.promotions.offer_rules import offer_of
from fairday.promotions.offer_types import LiveOffer, OfferView, VersionView

IDS_MAX = 1000
"""Ids that are looked up at once; a sentence names a few of a list and counts the rest."""
FESTIVALS_MAX = 20
_KINDS = ("sku_", "mer_", "sto_", "pha_")


async def offers(tx: Tx, views: Sequence[OfferView]) -> list[OfferView]:
    """Return offers that say the rule of what is live, else of their latest version; the latest one says its own."""
    latest = await _said(tx, [(one.latest.terms, one.merchant_id, one.currency) for one in views])
    live = await _said(
        tx, [(one.live_terms or one.latest.terms, one.merchant_id, one.currency) for one in views]
    )
    return [
        msgspec.structs.replace(one, latest=_with(one.latest, said), sentence=en, sentence_zh=zh)
        for one, said, (en, zh) in zip(views, latest, live, strict=True)
    ]


async def versions(
    tx: Tx, found: Sequence[VersionView], merchant_id: str | None, currency: str
) -> list[VersionView]:
    """Return versions of one offer that say their rule."""
    told = await _said(tx, [(one.terms, merchant_id, currency) for one in found])
    return [_with(one, said) for one, said in zip(found, told, strict=True)]


async def live(tx: Tx, found: Sequence[LiveOffer]) -> list[LiveOffer]:
    """Return live offers that say their rule."""
    told = await _said(tx, [(one.terms, one.merchant_id, one.currency) for one in found])
    return [
        msgspec.structs.replace(one, sentence=en, sentence_zh=zh)
        for one, (en, zh) in zip(found, told, strict=True)
    ]


async def of_terms(tx: Tx, terms: OfferTerms, merchant_id: str | None, currency: str) -> tuple[str, str]:
    """Return the sentence of terms in English and in Chinese."""
    [said] = await _said(tx, [(terms, merchant_id, currency)])
    return said


def _with(version: VersionView, said: tuple[str, str]) -> VersionView:
    return msgspec.structs.replace(version, sentence=said[0], sentence_zh=said[1])


async def _said(tx: Tx, rules: Sequence[tuple[OfferTerms, str | None, str]]) -> list[tuple[str, str]]:
    if not rules:
        return []
    ids = {
        one
        for terms, merchant_id, _ in rules
        for one in (*_ids(msgspec.to_builtins(terms)), merchant_id or "")
    }
    zh, en = await _names(tx, sorted(ids))
    zone = await festivals.zone(tx)
    return [
        sentence(offer_of(terms, "offer", 1, merchant_id), currency, zh, en, zone=zone)
        for terms, merchant_id, currency in rules
    ]


def _ids(value: Any) -> Iterable[str]:
    """Yield every id within terms, wherever it stands."""
    if isinstance(value, str):
        if value.startswith(_KINDS):
            yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _ids(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _ids(one)


async def _names(tx: Tx, ids: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what ids are called in Chinese and in English; unknown ones are left out."""
    of = {kind: [one for one in ids if one.startswith(kind)][:IDS_MAX] for kind in _KINDS}
    named: dict[str, tuple[str, str | None]] = {}
    if of["sku_"]:
        named |= {one: (sku.name, sku.name_en) for one, sku in (await catalog.skus(tx, of["sku_"])).items()}
    if of["mer_"]:
        merchants = await identity.merchants(tx, of["mer_"])
        named |= {one: (merchant.name, merchant.name_en) for one, merchant in merchants.items()}
    if of["sto_"]:
        named |= {
            one: (store.name, store.name_en) for one, store in (await places.stores(tx, of["sto_"])).items()
        }
    if of["pha_"]:
        found = await festivals.listing(tx, with_drafts=True, before_id=None, limit=FESTIVALS_MAX)
        named |= {
            phase.phase_id: (phase.name, phase.name_en) for festival in found for phase in festival.phases
        }
    return {one: zh for one, (zh, _) in named.items()}, {one: en for one, (_, en) in named.items() if en}
