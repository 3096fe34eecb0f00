"""Collect the invariants of every domain for `fairday check`."""

from fairday.app import domains
from fairday.kernel.invariants import KERNEL, Invariant


def all_invariants() -> list[Invariant]:
    """Return the invariants of the kernel and of each domain, lowest floor first."""
    return [
        *KERNEL,
        *(invariant for module in domains.modules("invariants") for invariant in module.INVARIANTS),
    ]
