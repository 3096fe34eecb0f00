"""Name intents: pure, so that rules and types may speak of them."""

import msgspec


class Key(msgspec.Struct, frozen=True, gc=False):
    """Name one intent: a digest of (principal, route, key), and the hash of the body it came with; 16 bytes each."""

    digest: bytes
    body_hash: bytes

    @property
    def intent(self) -> bytes:
        """Return both in one piece, for a row that keeps its own key."""
        return self.digest + self.body_hash
