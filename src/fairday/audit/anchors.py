"""Keep heads of the chain outside the database: a file of the data folder, one JSON line each, written through to disk.

A chain alone cannot show that its end was cut off or that all of it was computed anew; a head that somebody else kept
can. Whoever wants more copies this small file (or the log line beside it) elsewhere. Source: I64.
"""

import json
import os
from datetime import datetime
from pathlib import Path

from fairday.kernel.audit import Head


def path_of(home: Path, chain_id: str) -> Path:
    """Return where the heads of a chain are kept."""
    return home / "audit-heads" / f"{chain_id}.jsonl"


def append(home: Path, chain_id: str, head: Head, now: datetime) -> None:
    """Add a head and wait until it is on disk."""
    path = path_of(home, chain_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps({"number": head.number, "sha256": head.hash.hex(), "at": now.isoformat()})
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(home: Path, chain_id: str) -> list[tuple[int, bytes]]:
    """Return the heads that were kept; a line cut short by a crash is passed over."""
    found = []
    try:
        lines = path_of(home, chain_id).read_text("utf-8").splitlines()
    except OSError:
        return []
    for line in lines:
        try:
            one = json.loads(line)
            found.append((int(one["number"]), bytes.fromhex(one["sha256"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found
