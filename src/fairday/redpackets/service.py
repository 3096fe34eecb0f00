"""Send, grab, look at and end red packets: the door for everyone else."""

from collections.abc import Sequence
from datetime import datetime

from fairday.kernel.tx import Tx
from fairday.redpackets import store
from fairday.redpackets.ending import expire
from fairday.redpackets.gone import ended
from fairday.redpackets.grabbing import grab, grab_once
from fairday.redpackets.looking import Viewer, grabbed, grabs, see, sent
from fairday.redpackets.sending import prepare, send
from fairday.redpackets.types import SendLimit

__all__ = [
    "Viewer", "ended", "expire", "grab", "grab_once", "grabbed", "grabs", "invited", "limits", "prepare", "see", "send", "sent",
    "set_limit",
]  # fmt: skip


async def limits(tx: Tx) -> list[SendLimit]:
    """Return what members may send, by currency."""
    return list((await store.send_limits(tx)).values())


async def set_limit(tx: Tx, limit: SendLimit, now: datetime) -> SendLimit:
    """Set what members may send in one currency from now on."""
    await store.put_send_limit(tx, limit)
    return limit


async def invited(tx: Tx, packet_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return (packet, member) of those whom packets invite."""
    return await store.invited(tx, packet_ids)
