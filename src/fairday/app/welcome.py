"""Tell the person where to look once everything runs: addresses, logins, and a code for a phone."""

import io
import ipaddress
import json
import sys
from pathlib import Path

import psutil
import segno
from rich.console import Console
from rich.table import Table

from fairday.app.settings import Settings

PAGES = (("/", "Where to begin"), ("/screen", "The big screen, live"), ("/docs", "The API, with examples"))


def local_host(settings: Settings) -> str:
    """Return the address by which this machine reaches its own server."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - read, not bound


def local_url(settings: Settings) -> str:
    """Return the base URL for this machine."""
    return _url(local_host(settings), settings.port)


def lan_url(settings: Settings) -> str | None:
    """Return the base URL for a phone in the same network, or None when only this machine may connect."""
    host = settings.host
    if host in ("0.0.0.0", "::"):  # noqa: S104 - read, not bound
        host = _lan_address() or ""
    if not host or host == "localhost" or _is_loopback(host):
        return None
    return _url(host, settings.port)


def show(settings: Settings, *, has_crowd: bool) -> None:
    """Print addresses, demo logins and the phone's QR code."""
    console = Console(file=sys.stdout, highlight=False)
    table = Table(
        title="Fairday is open", title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0)
    )
    for path, what in PAGES:
        table.add_row(what, f"[bold cyan]{local_url(settings)}{path}[/]")
    console.print()
    console.print(table)
    _show_logins(console, demo_logins(settings.home))
    phone = lan_url(settings)
    if phone is None:
        console.print(
            "\nOn a phone: [bold]fairday up --lan[/] lets your network in and shows a code to scan."
        )
    else:
        console.print(f"\nOn a phone in this network: [bold cyan]{phone}/[/]")
        console.print(_qr(f"{phone}/"), soft_wrap=True)
    crowd = " A crowd plays; --no-crowd leaves it out." if has_crowd else ""
    console.print(f"\nLogs are in {settings.home / 'logs'}.{crowd} Ctrl-C stops everything.")


def demo_logins(home: Path) -> list[dict[str, str]]:
    """Return the logins that the demo city's loader noted, one dict of words a login; none when there is no file."""
    try:
        found = json.loads((home / "demo-logins.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    rows = found.get("logins", []) if isinstance(found, dict) else found
    return [{str(key): str(value) for key, value in row.items()} for row in rows if isinstance(row, dict)]


def _show_logins(console: Console, logins: list[dict[str, str]]) -> None:
    if not logins:
        return
    names = list(dict.fromkeys(name for login in logins for name in login))
    table = Table(title="Demo logins", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for name in names:
        table.add_column(name, overflow="fold")
    for login in logins:
        table.add_row(*(login.get(name, "") for name in names))
    console.print()
    console.print(table)


def _qr(text: str) -> str:
    out = io.StringIO()
    segno.make(text, error="m").terminal(out, border=2, compact=True)
    return out.getvalue().rstrip("\n")


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _lan_address() -> str | None:
    """Return the private IPv4 address of the first network card that is up; bridges of containers come last."""
    stats = psutil.net_if_stats()
    found = []
    for card, addresses in psutil.net_if_addrs().items():
        if not stats[card].isup:
            continue
        for address in addresses:
            if address.family.name == "AF_INET" and not _is_loopback(address.address):
                is_virtual = card.startswith(("docker", "br-", "veth", "virbr", "tun", "tailscale"))
                is_public = not ipaddress.ip_address(address.address).is_private
                found.append((is_virtual, is_public, card, address.address))
    return min(found)[3] if found else None
