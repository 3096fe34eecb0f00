"""`fairday up --lan` serves HTTPS beside plain loopback, shows how to trust it, keeps its keys, and cuts off the slow."""

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from fairday.app import lan
from fairday.app.settings import Settings, SetUpError
from tests.app.test_up import Up, home, port, wait_until_gone

__all__ = ["home", "port"]
THERE = "127.0.0.1"


def begin(home: Path, port: int, *arguments: str, **env: str) -> Up:
    """Start with `--lan` on loopback and wait until it is open."""
    up = Up(home, port, "--lan", *arguments, FAIRDAY_LAN_HOST=THERE, **env)
    up.wait_for("Ctrl-C stops everything")
    return up


def ports(up: Up) -> tuple[int, int]:
    """Return the ports of HTTPS and of the trust page, as the person is told."""
    https = re.search(rf"https://{re.escape(THERE)}:(\d+)/shop/", up.said)
    plain = re.search(rf"http://{re.escape(THERE)}:(\d+)/trust", up.said)
    assert https, up.said
    assert plain, up.said
    return int(https[1]), int(plain[1])


def get(url: str, **headers: str) -> tuple[int, bytes]:
    """Return status and body."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_a_phone_trusts_and_opens_and_nothing_secret_leaves(home: Path, port: int) -> None:
    up = begin(home, port)
    https, plain = ports(up)
    status, page = get(f"http://{THERE}:{plain}/trust", **{"accept-language": "zh-CN"})
    assert (status, b"\xe4\xbf\xa1\xe4\xbb\xbb" in page) == (200, True)
    told = re.search(r"fingerprint: ([0-9A-F:]+)", up.said)
    assert told
    assert told[1].encode() in page
    status, page = get(f"http://{THERE}:{plain}/trust?lang=en")
    assert b"Download the certificate" in page
    status, ca = get(f"http://{THERE}:{plain}/fairday-ca.crt")
    assert (status, ca) == (200, (home / "tls" / "ca.crt").read_bytes())
    for path in ("/tls/ca.key", "/ca.key", "/../tls/ca.key", "/v1/me", "/demo-logins.json", "/server.key"):
        assert get(f"http://{THERE}:{plain}{path}")[0] == 404
    context = ssl.create_default_context(cadata=ca.decode())
    for host in (THERE, "localhost"):
        with urllib.request.urlopen(f"https://{host}:{https}/", timeout=10, context=context) as answer:
            assert json.loads(answer.read())["pid"]
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(f"https://{THERE}:{https}/", timeout=10)
    with socket.create_connection((THERE, https)) as raw, pytest.raises(ssl.SSLCertVerificationError):
        context.wrap_socket(raw, server_hostname="fair.example")
    assert json.loads(up.get())["pid"], "plain loopback stays as it was"
    assert up.end() == 0
    assert wait_until_gone(home) == []


def test_a_second_start_keeps_the_authority(home: Path, port: int) -> None:
    first = begin(home, port)
    ca = (home / "tls" / "ca.crt").read_bytes()
    assert "phones trust it once" in first.said
    first.end()
    second = begin(home, port)
    assert "phones trust it once" not in second.said
    assert (home / "tls" / "ca.crt").read_bytes() == ca
    second.end()


def test_a_slow_handshake_and_a_slow_header_are_cut(home: Path, port: int) -> None:
    up = begin(home, port)
    https, _ = ports(up)
    context = ssl.create_default_context(cafile=str(home / "tls" / "ca.crt"))
    began = time.monotonic()
    silent = socket.create_connection((THERE, https), timeout=15)
    half = socket.create_connection((THERE, https), timeout=15)
    half.sendall(b"\x16\x03\x01\x02\x00\x01")  # the beginning of a ClientHello that never ends
    slow = context.wrap_socket(socket.create_connection((THERE, https), timeout=15), server_hostname=THERE)
    slow.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n")
    for waiting in (silent, half):
        with waiting, contextlib.suppress(ConnectionResetError):
            assert waiting.recv(1) == b""
    assert 3 < time.monotonic() - began < 12
    with slow:
        assert slow.recv(100).startswith(b"HTTP/1.1 408")
    assert time.monotonic() - began < 14
    with urllib.request.urlopen(f"https://{THERE}:{https}/", timeout=10, context=context) as answer:
        assert answer.status == 200
    assert up.end() == 0


def test_the_real_site_over_https_has_hsts_by_name_only_and_tells_no_logins(home: Path, port: int) -> None:
    up = begin(home, port, "fairday.app.main:create_app", FAIRDAY_SANDBOX="1")
    https, _ = ports(up)
    (home / "demo-logins.json").write_text(
        json.dumps([{"role": "operator", "name": "n", "login": "operator", "secret": "s"}])
    )
    context = ssl.create_default_context(cafile=str(home / "tls" / "ca.crt"))

    def ask(path: str, host: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPSConnection(THERE, https, timeout=10, context=context)
        connection.request("GET", path, headers={"host": host})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    assert ask("/healthz", f"fair.local:{https}").getheader("strict-transport-security") == "max-age=604800"
    for host in (THERE, "localhost", "192.168.1.20"):
        assert ask("/healthz", f"{host}:{https}").getheader("strict-transport-security") is None
    with urllib.request.urlopen(f"http://{THERE}:{port}/healthz", timeout=10) as answer:
        assert answer.headers["strict-transport-security"] is None
        assert "connect-src 'self'" in answer.headers["content-security-policy"]
        assert "publickey-credentials-get=(self)" in answer.headers["permissions-policy"]
    logins = f"http://{THERE}:{port}/v1/sandbox/logins"
    assert b"operator" in get(logins)[1]
    for wrong in (
        {"host": f"rebound.example:{port}"},
        {"x-forwarded-for": "203.0.113.9"},
        {"forwarded": "for=203.0.113.9"},
        {"sec-fetch-site": "cross-site"},
    ):
        assert json.loads(get(logins, **wrong)[1])["items"] == []
    up.end()


def test_curl_accepts_what_we_made(home: Path, port: int) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is missing")
    up = begin(home, port)
    https, _ = ports(up)
    url = f"https://{THERE}:{https}/"
    right = [curl, "-sS", "--cacert", str(home / "tls" / "ca.crt"), url]
    assert b"pid" in subprocess.run(right, check=True, capture_output=True, timeout=20).stdout
    assert subprocess.run([curl, "-sS", url], check=False, capture_output=True, timeout=20).returncode == 60
    up.end()


def test_without_lan_nothing_listens_on_the_network_and_the_way_is_told(home: Path, port: int) -> None:
    up = Up(home, port)
    up.wait_for("Ctrl-C stops everything")
    assert "make run ARGS=--lan" in up.said
    own = {process.pid for process in psutil.process_iter() if _is_of(process, home)}
    bound = [one for one in psutil.net_connections("tcp") if one.status == "LISTEN" and one.pid in own]
    assert bound
    assert {one.laddr.ip for one in bound} <= {"127.0.0.1", "::1"}
    assert not (home / "tls").exists()
    up.end()


def _is_of(process: psutil.Process, home: Path) -> bool:
    try:
        return process.environ().get("FAIRDAY_HOME") == str(home)
    except psutil.Error:
        return False


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> object:
    """Return a function that gives this machine other network cards."""
    monkeypatch.delenv("FAIRDAY_LAN_HOST", raising=False)

    def deal(**addresses: str) -> None:
        found = {
            card: [SimpleNamespace(family=socket.AF_INET, address=address)]
            for card, address in addresses.items()
        }
        up = SimpleNamespace(isup=True)
        monkeypatch.setattr(lan.psutil, "net_if_addrs", lambda: found)
        monkeypatch.setattr(lan.psutil, "net_if_stats", lambda: dict.fromkeys(found, up))

    return deal


def test_a_machine_with_private_addresses_serves_all_of_them(cards: Callable[..., None]) -> None:
    cards(docker0="172.17.0.1", lo="127.0.0.1", wlan0="192.168.1.20", eth0="10.0.0.5")
    found = lan.must_find(Settings.from_env({}))
    assert found.host == "0.0.0.0"
    assert found.addresses == ("10.0.0.5", "192.168.1.20", "172.17.0.1")
    assert found.url == "https://10.0.0.5:8712"


def test_a_public_address_is_not_served(cards: Callable[..., None]) -> None:
    cards(eth0="8.8.8.8", wlan0="192.168.1.20")
    found = lan.must_find(Settings.from_env({}))
    assert (found.host, found.addresses) == ("192.168.1.20", ("192.168.1.20",))


def test_without_a_private_network_lan_is_refused_with_a_way_out(cards: Callable[..., None]) -> None:
    cards(lo="127.0.0.1", eth0="8.8.8.8")
    with pytest.raises(SetUpError) as refused:
        lan.must_find(Settings.from_env({}))
    assert "FAIRDAY_LAN_HOST" in refused.value.way_out
    assert os.environ.get("FAIRDAY_LAN_HOST") is None
