"""Bind the sender to the worker: look for endpoints that are due several times a second, sweep the log now and then."""

import os
from collections.abc import Mapping
from weakref import WeakKeyDictionary

from fairday.kernel.tx import Database
from fairday.webhooks import service
from fairday.webhooks.sender import Sender

_YES = ("1", "true", "yes", "on")
_senders: "WeakKeyDictionary[Database, Sender]" = WeakKeyDictionary()


def loopback_allowed(env: Mapping[str, str] = os.environ) -> bool:
    """Tell whether receivers on this machine are allowed: in a sandbox, and only when asked for by name."""
    return all(env.get(name, "").lower() in _YES for name in ("FAIRDAY_SANDBOX", "FAIRDAY_WEBHOOKS_LOOPBACK"))


async def send(database: Database) -> int:
    """Start sending for every endpoint that is due; returns 0, for sending goes on by itself."""
    sender = _senders.get(database)
    if sender is None:
        sender = _senders[database] = Sender(database, loopback=loopback_allowed())
    await sender.look()
    return 0


async def sweep(database: Database) -> int:
    """Delete the log older than it is kept; returns 0."""
    await database.run(service.sweep)
    return 0


JOBS = [("webhooks.send", 0.2, send), ("webhooks.sweep", 3600.0, sweep)]
