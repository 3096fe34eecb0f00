"""State what must always hold of shops that signed themselves up."""

from fairday.kernel.invariants import Invariant

_SHOP = (
    "INSERT INTO identity.merchant (merchant_id, name, name_en, tier, created_at) VALUES ('mer_x', 'x', 'x', '{tier}', now());"
    "INSERT INTO onboarding.application (application_id, merchant_id, shop_name, region_id, licence, licence_number, status,"
    " applied_at, requested_at, decided_at, decided_by) VALUES ('app_x', 'mer_x', 'x', 'CN-SH', {licence}, '{status}', now(),"
    " {decided})"
)

INVARIANTS = [
    Invariant(
        "S19",
        "a shop that signed itself up is small until its limits were lifted, and only a licence lifts them",
        "SELECT a.application_id FROM onboarding.application a JOIN identity.merchant m USING (merchant_id)"
        " WHERE (m.tier = 'standard') <> (a.status = 'approved') OR (a.status = 'approved' AND a.licence = 'none')",
        _SHOP.format(tier="standard", licence="'none', NULL", status="limited", decided="NULL, NULL, NULL"),
    ),
    Invariant(
        "S19",
        "a licence is one shop's",
        "SELECT licence_number FROM onboarding.application WHERE licence_number IS NOT NULL AND status <> 'rejected'"
        " GROUP BY 1 HAVING count(*) > 1",
        "DROP INDEX onboarding.application_licence;"
        + "".join(
            _SHOP.replace("_x'", f"_{name}'").format(
                tier="small",
                licence="'company', '91110000600037341L'",
                status="requested",
                decided="now(), NULL, NULL",
            )
            + ";"
            for name in "yz"
        ),
    ),
    Invariant(
        "S19",
        "a phone opens one shop",
        "SELECT phone_hash FROM identity.account WHERE role = 'merchant' AND phone_hash IS NOT NULL"
        " GROUP BY 1 HAVING count(*) > 1",
        "DROP INDEX identity.account_owner_phone;"
        "INSERT INTO identity.merchant (merchant_id, name, name_en, created_at) VALUES ('mer_x', 'x', 'x', now());"
        "INSERT INTO identity.account (account_id, role, name, phone_hash, merchant_id, created_at)"
        " VALUES ('acc_x', 'merchant', 'x', sha256('p'), 'mer_x', now()), ('acc_y', 'merchant', 'y', sha256('p'), 'mer_x', now())",
    ),
]
