"""Remember packets that ended, so that the crowd that comes too late costs no database.

A packet that is all gone, or whose rest went back, stays so: what a process once read of it is true for ever. Kept with it are
the members that had a share: they alone go on to the database, to be answered with what they had.
"""

from collections import OrderedDict
from typing import Any

from fairday.kernel.errors import Refusal

Details = dict[str, Any]
MEMBERS_MAX = 500_000
"""Most members that a process remembers, over all packets: about 60 MB."""


class Ended:
    """Hold ended packets, the least asked for forgotten first."""

    def __init__(self, members_max: int = MEMBERS_MAX) -> None:
        self._members_max = members_max
        self._members_count = 0
        self._packets: OrderedDict[str, tuple[type[Refusal], Details, frozenset[str]]] = OrderedDict()

    def __contains__(self, packet_id: str) -> bool:
        return packet_id in self._packets

    def remember(self, packet_id: str, refusal: Refusal, members: frozenset[str]) -> None:
        """Remember how a packet ended, and the members that had a share of it; it must be final and committed."""
        if packet_id in self._packets:
            return
        self._packets[packet_id] = type(refusal), refusal.details, members
        self._members_count += len(members) + 1
        while self._members_count > self._members_max and len(self._packets) > 1:
            _, (_, _, forgotten) = self._packets.popitem(last=False)
            self._members_count -= len(forgotten) + 1

    def refusal(self, packet_id: str, member_id: str) -> Refusal | None:
        """Return the refusal of a member that comes too late; None when that must be asked of the database.

        It is a new one each time: an exception that is raised again and again keeps the frames of every time.
        """
        known = self._packets.get(packet_id)
        if known is None:
            return None
        kind, details, members = known
        if member_id in members:
            return None
        self._packets.move_to_end(packet_id)
        return kind(**details)


ended = Ended()
"""What this process has seen end."""
