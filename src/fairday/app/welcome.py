"""Tell the person where to look once everything runs: addresses, logins, and a code for a phone."""

import io
import json
import sys
from pathlib import Path

import segno
from rich.console import Console
from rich.table import Table

from fairday.app.lan import Lan, find
from fairday.app.settings import Settings
from fairday.app.tls import Tls

PAGES = (("/", "Where to begin"), ("/screen", "The big screen, live"), ("/docs", "The API, with examples"))


def local_host(settings: Settings) -> str:
    """Return the address by which this machine reaches its own server."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - read, not bound


def local_url(settings: Settings) -> str:
    """Return the base URL for this machine."""
    return _url(local_host(settings), settings.port)


def show(settings: Settings, *, has_crowd: bool, lan: Lan | None = None, tls: Tls | None = None) -> None:
    """Print addresses, demo logins and the phone's QR code; with `lan` and `tls` the network is served."""
    console = Console(file=sys.stdout, highlight=False, emoji=False)
    table = Table(
        title="Fairday is open", title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0)
    )
    for path, what in PAGES:
        table.add_row(what, f"[bold cyan]{local_url(settings)}{path}[/]")
    console.print()
    console.print(table)
    _show_logins(console, demo_logins(settings.home))
    if lan is not None and tls is not None:
        _show_lan(console, lan, tls)
    else:
        _show_way_to_lan(console, find(settings))
    crowd = " A crowd plays; --no-crowd leaves it out." if has_crowd else ""
    console.print(f"\nLogs are in {settings.home / 'logs'}.{crowd} Ctrl-C stops everything.")


def _show_lan(console: Console, lan: Lan, tls: Tls) -> None:
    console.print("\n[bold]On a phone in this network[/]")
    console.print(f"  Once: scan this and trust the certificate: [bold cyan]{lan.trust_url}[/]")
    console.print(_qr(lan.trust_url), soft_wrap=True)
    console.print(f"  Its fingerprint: {tls.fingerprint}", soft_wrap=True)
    console.print(
        f"  Then open the shop: [bold cyan]{lan.url}/shop/[/]  (for passkeys {lan.named_url}/shop/)"
    )
    console.print(_qr(f"{lan.url}/shop/"), soft_wrap=True)
    console.print(
        "  [yellow]Everyone in this network can reach this sandbox now, see its text messages and play in it.[/]"
        "\n  Passwords are told on this computer only. Use networks that you trust; Ctrl-C closes it.",
        soft_wrap=True,
    )


def _show_way_to_lan(console: Console, lan: Lan | None) -> None:
    console.print(
        "\nOn a phone: only this computer can connect now. [bold]make run ARGS=--lan[/] (or [bold]fairday up --lan[/])"
        " lets your network in over HTTPS."
    )
    if lan is not None:
        console.print(f"Then scan this: [bold cyan]{lan.trust_url}[/]")
        console.print(_qr(lan.trust_url), soft_wrap=True)


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
