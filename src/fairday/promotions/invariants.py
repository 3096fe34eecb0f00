"""State what must always hold of offers; each with a violation that turns it red."""

from fairday.kernel.invariants import Invariant

_OFFER = (
    "ALTER TABLE promotions.offer DROP CONSTRAINT taken_within_budget;"
    "INSERT INTO promotions.offer (offer_id, currency, status, live_version, latest_version, budget_minor, taken_minor, created_at)"
    " VALUES ('ofr_bad', 'CNY', 'live', 1, 1, 100, {taken}, now());"
)
_VERSION = (
    "ALTER TABLE promotions.version DROP CONSTRAINT second_person;"
    "INSERT INTO promotions.version (offer_id, version, terms, reason, made_by, made_by_name, made_at, simulation, approved_by,"
    " approved_by_name, approved_at) VALUES ('ofr_bad', 1, '{}', 'x', 'acc_1', 'x', now(), '{}', 'acc_1', 'x', now());"
)

INVARIANTS = [
    Invariant(
        "I4",
        "orders never took more of an offer than its budget",
        "SELECT offer_id FROM promotions.offer WHERE taken_minor < 0 OR taken_minor > budget_minor",
        _OFFER.format(taken=101),
    ),
    Invariant(
        "I24",
        "what is live was simulated, and approved by somebody who did not write it",
        """
        SELECT o.offer_id FROM promotions.offer o
        LEFT JOIN promotions.version v ON v.offer_id = o.offer_id AND v.version = o.live_version
        WHERE o.live_version IS NOT NULL
          AND (v.approved_by IS NULL OR v.approved_by = v.made_by OR v.simulation IS NULL)
        """,
        _OFFER.format(taken=0) + _VERSION,
    ),
]
