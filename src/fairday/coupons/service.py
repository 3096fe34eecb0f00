"""Issue, claim and use coupons: the door for everyone else. Verbs take a transaction and never commit."""

from fairday.coupons.browsing import claim_of, claims_of, exhausted, figures, issued, offers, usable, view
from fairday.coupons.burning import alerts, burn
from fairday.coupons.burning import count as count_burn
from fairday.coupons.claiming import claim, claim_once
from fairday.coupons.claims import (
    BasketRule,
    Claim,
    ClaimRequest,
    ClaimView,
    CodeContent,
    ConsumeRequest,
    CouponEffect,
    CouponUse,
    GivenBack,
    Locked,
    LockRequest,
    Prepared,
    PrepareRequest,
    Redeemed,
    RedeemRequest,
    Reversed,
    ReverseRequest,
    RotatingCode,
    Usable,
    UsedAt,
    UseLine,
)
from fairday.coupons.code_store import keys, retire_key
from fairday.coupons.codes import secret_for
from fairday.coupons.expiring import end_offers, expire_claims, release_late_locks
from fairday.coupons.judging import Known, judge
from fairday.coupons.judging import read as read_known
from fairday.coupons.late import (
    CODE_STEP_S,
    LateUse,
    keys_to_carry,
    lend,
    lendable,
    read_codes_late,
    redeem_late,
    redemptions_of,
    take_back,
    templates_of,
    used_at,
)
from fairday.coupons.locking import lock, release
from fairday.coupons.member_codes import MemberShown, issue_member_code, read_member_codes
from fairday.coupons.offering import create, edit, end, get, pause, publish, read_one, resume, switch
from fairday.coupons.owners import ending, owned
from fairday.coupons.promising import promised
from fairday.coupons.recalling import progress as recall_of
from fairday.coupons.recalling import recall, versions, void_recalled
from fairday.coupons.redeeming import redeem
from fairday.coupons.returning import give_back
from fairday.coupons.rules.terms import summary
from fairday.coupons.tilling import consume, issue_code, prepare, read_code, reverse

__all__ = [
    "CODE_STEP_S", "BasketRule", "Claim", "ClaimRequest", "ClaimView", "CodeContent", "ConsumeRequest",
    "CouponEffect", "CouponUse", "GivenBack", "Known", "LateUse", "LockRequest", "Locked", "MemberShown",
    "PrepareRequest", "Prepared", "RedeemRequest", "Redeemed", "ReverseRequest", "Reversed", "RotatingCode",
    "Usable", "UseLine", "UsedAt", "alerts", "burn", "claim", "claim_of", "claim_once", "claims_of", "consume", "count_burn",
    "create", "edit", "end", "end_offers", "ending", "exhausted", "expire_claims", "figures", "get", "give_back",
    "issue_code", "issue_member_code", "issued", "judge", "keys", "keys_to_carry", "lend", "lendable", "lock",
    "offers", "owned", "pause", "prepare", "promised", "publish", "read_code", "read_codes_late", "read_known", "read_member_codes",
    "read_one", "recall", "recall_of", "redeem", "redeem_late", "redemptions_of", "release", "release_late_locks",
    "resume", "retire_key", "reverse", "secret_for", "summary", "switch", "take_back", "templates_of", "usable", "used_at",
    "versions", "view", "void_recalled",
]  # fmt: skip
