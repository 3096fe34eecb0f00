"""Know the addresses by which phones in the network reach this machine, and which ports serve them."""

import ipaddress
import os
import socket
from dataclasses import dataclass

import psutil

from fairday.app.settings import Settings, SetUpError

_VIRTUAL = ("docker", "br-", "veth", "virbr", "tun", "tailscale")


@dataclass(frozen=True, slots=True)
class Lan:
    """Hold how the network reaches us: HTTPS on `port`, the page that helps to trust it on `trust_port`.

    `host` is bound; `addresses` are all that the certificate names, the best first; `name` works for passkeys, where
    the network resolves it (mDNS).
    """

    host: str
    addresses: tuple[str, ...]
    name: str
    port: int
    trust_port: int

    @property
    def url(self) -> str:
        """Return the address of the pages by number, which every phone understands."""
        return f"https://{_in_url(self.addresses[0])}:{self.port}"

    @property
    def named_url(self) -> str:
        """Return the address of the pages by name."""
        return f"https://{self.name}:{self.port}"

    @property
    def trust_url(self) -> str:
        """Return the plain page with the certificate and how to trust it."""
        return f"http://{_in_url(self.addresses[0])}:{self.trust_port}/trust"


def find(settings: Settings) -> Lan | None:
    """Return how phones would reach this machine, or None without a private network.

    `FAIRDAY_LAN_HOST` names one address instead of looking. Public addresses are never served: where the machine has
    one, only the best private address is bound.
    """
    asked = os.environ.get("FAIRDAY_LAN_HOST")
    private, has_public = _addresses()
    if asked:
        host, addresses = asked, [asked]
    elif not private:
        return None
    else:
        addresses = private
        host = private[0] if has_public else "0.0.0.0"  # noqa: S104 - every address is private
    return Lan(host, tuple(addresses), _name(), settings.port + 1, settings.port + 2)


def must_find(settings: Settings) -> Lan:
    """Return how phones reach this machine. Raises: SetUpError without a private network."""
    found = find(settings)
    if found is None:
        raise SetUpError(
            "This machine is in no private network, so --lan would serve nobody.",
            "Join a Wi-Fi or name an address: FAIRDAY_LAN_HOST=192.168.1.20 fairday up --lan",
        )
    return found


def _addresses() -> tuple[list[str], bool]:
    """Return the private IPv4 addresses of cards that are up, bridges of containers last, and whether there are public ones."""
    stats = psutil.net_if_stats()
    found, has_public = [], False
    for card, addresses in psutil.net_if_addrs().items():
        if card not in stats or not stats[card].isup:
            continue
        for address in addresses:
            if address.family is not socket.AF_INET:
                continue
            ip = ipaddress.ip_address(address.address)
            if ip.is_loopback or ip.is_link_local:
                continue
            if ip.is_private:
                found.append((card.startswith(_VIRTUAL), card, address.address))
            else:
                has_public = True
    return [address for _, _, address in sorted(found)], has_public


def _name() -> str:
    """Return this machine's name as mDNS tells it to the network."""
    plain = "".join(
        char for char in socket.gethostname().partition(".")[0].lower() if char.isalnum() or char == "-"
    )
    return f"{plain.strip('-') or 'fairday'}.local"


def _in_url(address: str) -> str:
    return f"[{address}]" if ":" in address else address
