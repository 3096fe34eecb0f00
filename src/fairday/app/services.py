"""Hold what one process shares among its requests."""

from dataclasses import dataclass, field
from typing import Any

from fairday.app.settings import Settings
from fairday.kernel.clock import Clock
from fairday.kernel.lanes import Lane
from fairday.kernel.tx import Database


@dataclass
class Services:
    """Carry the container that handlers reach as `call.services`. `shared` holds per-process state of domains."""

    settings: Settings
    database: Database
    clock: Clock
    lanes: dict[str, Lane[Any]]
    shared: dict[str, Any] = field(default_factory=dict)
