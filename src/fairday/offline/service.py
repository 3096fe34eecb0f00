"""Open the offline room to everyone else: leases, logs, breaks, terms."""

from fairday.offline.breaks import listing as breaks
from fairday.offline.breaks import one as one_break
from fairday.offline.breaks import resolve, set_terms, set_till_limits, terms, till_limits
from fairday.offline.leases import catalogue, expire, give_back, grant, show
from fairday.offline.leases import listing as leases
from fairday.offline.overriding import allowed
from fairday.offline.overriding import listing as overrides
from fairday.offline.syncing import SyncAt, sync

__all__ = [
    "SyncAt", "allowed", "breaks", "catalogue", "expire", "give_back", "grant", "leases", "one_break", "overrides", "resolve", "set_terms",
    "set_till_limits", "show", "sync", "terms", "till_limits",
]  # fmt: skip
