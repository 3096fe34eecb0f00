"""Say what follows from what: when this happened, call that verb. One table, read by the worker.

Each row has its own cursor in the log, so a slow or broken reaction holds up nobody else.
"""

from dataclasses import dataclass

from fairday.app import domains
from fairday.kernel.outbox import Effect


@dataclass(frozen=True, slots=True)
class Reaction:
    """Bind a consumer's name to the events it reads and the batch verb it calls."""

    consumer: str
    types: frozenset[str] | None
    effect: Effect


def table() -> list[Reaction]:
    """Return every reaction: each domain's `reactions.REACTIONS` as (consumer, event types or None, effect)."""
    return [Reaction(*row) for module in domains.modules("reactions") for row in module.REACTIONS]
