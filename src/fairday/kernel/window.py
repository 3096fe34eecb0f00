"""Hold half-open windows of time: `[starts_at, ends_at)`, aware UTC instants. Source: R1."""

from datetime import datetime

import msgspec


class Window(msgspec.Struct, frozen=True):
    """Hold a half-open window; the end is not inside it."""

    starts_at: datetime
    ends_at: datetime

    def contains(self, instant: datetime) -> bool:
        """Tell whether `instant` is inside: the start is, the end is not."""
        return self.starts_at <= instant < self.ends_at

    def overlaps(self, other: "Window") -> bool:
        """Tell whether the two windows share an instant."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at
