"""Serve the simulation of campaigns to operators."""

from fairday.kernel.errors import BadInput
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Router
from fairday.kernel.tx import Tx
from fairday.promotions import campaigns, errors
from fairday.promotions.campaigns import Campaign, CampaignBody
from fairday.promotions.engine.checking import BadPriceDocument

router = Router("promotions")


@router.write(
    "POST",
    "/campaign-simulations",
    who=frozenset({Role.OPERATOR}),
    body=CampaignBody,
    returns=Campaign,
    summary="Simulate a campaign against live offers and drafts",
    refusals=(BadInput, BadPriceDocument, errors.OfferUnknown, errors.NothingToSimulate),
    body_max=16 * 1024 * 1024,
    needs_key=False,
    example={"orders": 300, "currency": "CNY"},
)
async def simulate_campaign_here(call: Call, tx: Tx, body: CampaignBody) -> Campaign:
    """Prices a file of carts, or the last real orders, without and with what is tried: sums, cost by funder, offer and merchant, lines below
    cost, conflicts, offers that never fire, prices raised within 30 days. Nothing is stored."""
    return await campaigns.run(tx, body, call.now)
