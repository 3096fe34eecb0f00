"""Decide without any I/O: which addresses are public, what an event's body is, when to try again."""

import ipaddress
import random
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit

import msgspec

from fairday.kernel import strict_json
from fairday.kernel.events import Event, Recorded
from fairday.webhooks.errors import UrlNotAllowed
from fairday.webhooks.types import Attempt, DeliveryStatus, Verdict

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = frozenset({443, 8443})
PAUSE_FIRST = timedelta(seconds=1)
PAUSE_MAX = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=3)
SOURCE = "urn:fairday"
GONE = 410
SHARED = frozenset({"orders.Paid", "orders.Refunded"})
"""Events about several merchants at once, whose lines say (SKU, merchant, quantity, net amount)."""
SHARED_FIELDS = (
    "order_id", "channel", "store_id", "region_id", "currency", "placed_at", "paid_at", "refunded_at", "reason"
)  # fmt: skip

_NAMES_PRIVATE = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "test", "invalid",
                  "example", "onion", "arpa")  # fmt: skip
_NETS_REFUSED = [
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        "::/96", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16",
        "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
]  # fmt: skip
"""Networks that are not the public internet. Source: IANA special-purpose registries; 168.63.129.16 is a cloud's own."""

_EMBEDDING = [
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
]
"""IPv6 ranges that carry an IPv4 address, and how many bits stand behind it (mapped, translated, NAT64, 6to4)."""


class Target(msgspec.Struct, frozen=True):
    """Hold a parsed address: scheme, host in ASCII, port and the request target."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """Return the Host header: the port only where it is not the scheme's own."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.scheme == "https" else 80) else f"{name}:{self.port}"


def target_of(url: str, *, loopback: bool = False) -> Target:
    """Parse `url` strictly; `loopback` (sandbox tests only) also allows http and any port on 127.0.0.1 and [::1].

    Raises: UrlNotAllowed with the reason. Names are looked up later: see `refuse_private`.
    """
    if any(character.isspace() or not character.isprintable() for character in url) or "\\" in url:
        raise UrlNotAllowed(reason="it holds a space, a backslash or a control character")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UrlNotAllowed(reason="it is not a valid address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UrlNotAllowed(reason="it is not an https address")
    if "@" in parts.netloc:
        raise UrlNotAllowed(reason="it holds a user name; sign-in is by signature")
    if "#" in url:
        raise UrlNotAllowed(reason="it holds a fragment (#)")
    host = _host(parts.hostname)
    path = _path(parts)
    if loopback and host in ("127.0.0.1", "::1"):
        return Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)
    if parts.scheme != "https":
        raise UrlNotAllowed(reason="it is not an https address")
    if (port or 443) not in PORTS:
        raise UrlNotAllowed(reason=f"port {port} is not allowed")
    return Target("https", host, port or 443, path)


def _path(parts: SplitResult) -> str:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise UrlNotAllowed(reason="write characters beyond ASCII percent-encoded")
    return path


def _host(name: str) -> str:
    """Return the host in lower-case ASCII; refuse names of private networks and numbers in disguise.

    A host whose last label is a number is an IPv4 address to many resolvers (decimal, octal, hexadecimal, short):
    only the plain dotted form is read, all others are refused. Source: WHATWG URL, "ends in a number".
    """
    name = unicodedata.normalize("NFKC", name).rstrip(".")
    try:
        if ":" in name:
            if "%" in name:
                raise UrlNotAllowed(reason="an address with a zone is local")
            return str(ipaddress.IPv6Address(name))
        name = name.encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError):
        raise UrlNotAllowed(reason="its host is not a valid name") from None
    labels = name.split(".")
    if labels[-1].isdigit() or labels[-1].startswith("0x"):
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError:
            raise UrlNotAllowed(reason="its host is a number in an unusual form") from None
    if len(labels) < 2 or labels[-1] in _NAMES_PRIVATE:
        raise UrlNotAllowed(reason="its host is a name inside a private network")
    if not all(label and len(label) <= 63 and _is_label(label) for label in labels) or len(name) > 253:
        raise UrlNotAllowed(reason="its host is not a valid name")
    return name


def _is_label(label: str) -> bool:
    return label.replace("-", "").isalnum() and not label.startswith("-") and not label.endswith("-")


def refuse_private(addresses: Iterable[Address], *, loopback: bool = False) -> None:
    """Refuse when any of `addresses` is not on the public internet; one bad answer of several spoils all.

    Raises: UrlNotAllowed. Source: X27 (mapped, translated and tunnelled IPv4 are judged by what they carry).
    """
    for address in addresses:
        if loopback and address.is_loopback:
            continue
        if not is_public(address):
            raise UrlNotAllowed(reason="it leads into a private or reserved network")


def is_public(address: Address) -> bool:
    """Tell whether `address` is on the public internet."""
    if isinstance(address, ipaddress.IPv6Address):
        for network, shift in _EMBEDDING:
            if address in network:
                return is_public(ipaddress.IPv4Address((int(address) >> shift) & 0xFFFFFFFF))
    return not any(address.version == net.version and address in net for net in _NETS_REFUSED)


def known_types() -> list[str]:
    """Return every event type that this program announces, sorted."""
    found, waiting = set(), list(Event.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("fairday."):
            found.add(kind.type_name())
    return sorted(found)


def unknown_types(patterns: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return the patterns that match none of `known`."""
    return [pattern for pattern in patterns if not any(wants((pattern,), kind) for kind in known)]


def wants(patterns: Iterable[str], kind: str) -> bool:
    """Tell whether an event of type `kind` matches one of `patterns`."""
    domain = kind.partition(".")[0]
    return any(pattern in ("*", kind, f"{domain}.*") for pattern in patterns)


def seen_by(merchant_id: str | None, event: Recorded) -> tuple[str, dict[str, Any]] | None:
    """Return (audience, data) of `event` for an endpoint of `merchant_id`, or None when it must not hear of it.

    An operator and the event's own merchant hear the whole (audience ""). Of an order over several merchants each hears
    of its own lines alone, with their sum as the total. Source: I61.
    """
    if merchant_id is None or event.merchant_id == merchant_id:
        return "", event.data
    if event.merchant_id is not None or event.type not in SHARED:
        return None
    lines = [line for line in event.data["lines"] if line[1] == merchant_id]
    if not lines:
        return None
    total_minor = sum(line[3] for line in lines)
    data = {name: event.data[name] for name in SHARED_FIELDS if name in event.data}
    return merchant_id, data | {"merchant_id": merchant_id, "lines": lines, "total_minor": total_minor}


def body_of(event: Recorded, data: dict[str, Any]) -> str:
    """Return the structured CloudEvents 1.0 document of `event` with `data`; the same for every attempt."""
    document: dict[str, Any] = {
        "specversion": "1.0",
        "id": event.event_id,
        "source": SOURCE,
        "type": event.type,
        "time": event.happened_at,
        "datacontenttype": "application/json",
        "data": data,
    }
    if event.subject:
        document["subject"] = event.subject
    return strict_json.encode(document).decode()


def pause_after(failures: int, chance: float) -> timedelta:
    """Return how long to wait after the `failures`-th failure in a row: doubling from a second to six hours.

    `chance` in [0, 1) spreads it over the upper half, so that many endpoints of one host do not come back at once.
    """
    whole: timedelta = min(PAUSE_FIRST * 2 ** min(failures - 1, 40), PAUSE_MAX)
    return timedelta(seconds=whole.total_seconds() * (0.5 + chance / 2))


def judge(attempt: Attempt, failures: int, gives_up_at: datetime, now: datetime) -> Verdict:
    """Decide what follows from `attempt`; only a 2xx is a success, a redirect is a failure, 410 ends the endpoint."""
    if attempt.status is not None and 200 <= attempt.status < 300:
        return Verdict(DeliveryStatus.DELIVERED, 0, timedelta(0))
    if attempt.status == GONE:
        return Verdict(DeliveryStatus.CANCELLED, failures + 1, timedelta(0), is_gone=True)
    status = DeliveryStatus.DEAD if now >= gives_up_at else DeliveryStatus.PENDING
    return Verdict(status, failures + 1, pause_after(failures + 1, random.random()))
