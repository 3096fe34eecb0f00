"""Make certificates that clients accept for our addresses only, keep what is good, renew what is not."""

import ipaddress
import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fairday.app import tls

NOW = datetime.now(UTC)
HOME, CAFE = ["192.168.1.20"], ["192.168.1.20", "10.8.0.3"]


def shake_hands(made: tls.Tls, host: str, trusting: Path | None = None) -> str | None:
    """Return None when a client that trusts the authority accepts the server as `host`, else why not."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.chain, made.key)
    client = ssl.create_default_context(cafile=str(trusting or made.ca))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            server.wrap_socket(theirs, server_side=True).close()
        except OSError:
            theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        client.wrap_socket(ours, server_hostname=host).close()
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    finally:
        ours.close()
        thread.join()
    return None


def test_our_addresses_and_names_are_accepted_and_no_others(tmp_path: Path) -> None:
    made = tls.ensure(tmp_path / "tls", CAFE, ["till.local"])
    for host in (*CAFE, "till.local", "localhost", "127.0.0.1", "::1"):
        assert shake_hands(made, host) is None, host
    for host in ("192.168.1.21", "fair.example", "other.local"):
        assert "mismatch" in str(shake_hands(made, host)), host


def test_who_does_not_trust_the_authority_refuses(tmp_path: Path) -> None:
    made, other = (tls.ensure(tmp_path / name, HOME, []) for name in ("a", "b"))
    assert shake_hands(made, HOME[0], trusting=other.ca) is not None


def test_even_with_its_key_the_authority_speaks_for_nobody_else(tmp_path: Path) -> None:
    made = tls.ensure(tmp_path, HOME, [])
    authority = tls._read(tmp_path / "ca.crt", tmp_path / "ca.key")
    assert authority is not None
    for name in (x509.DNSName("bank.example"), x509.IPAddress(ipaddress.ip_address("8.8.8.8"))):
        forged, key = tls._make_server(authority, [name], NOW)
        made.chain.write_bytes(forged.public_bytes(serialization.Encoding.PEM))
        made.key.write_bytes(tls._pem(key))
        assert shake_hands(made, str(name.value)) == "permitted subtree violation"


def test_a_public_address_is_not_certified(tmp_path: Path) -> None:
    made = tls.ensure(tmp_path, ["8.8.8.8", *HOME], ["fair.example"])
    assert shake_hands(made, HOME[0]) is None
    assert b"8.8.8.8" not in made.chain.read_bytes()
    assert shake_hands(made, "8.8.8.8") is not None


def test_what_is_good_is_kept(tmp_path: Path) -> None:
    first = tls.ensure(tmp_path, HOME, ["a.local"])
    assert first.is_new_ca
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    again = tls.ensure(tmp_path, HOME, ["a.local"])
    assert not again.is_new_ca
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("later", "addresses"),
    [(timedelta(0), CAFE), (tls.LIFE - tls.RENEW_BEFORE, HOME), (timedelta(days=2000), HOME)],
)
def test_new_addresses_and_a_near_end_make_a_new_certificate_under_the_same_authority(
    tmp_path: Path, later: timedelta, addresses: list[str]
) -> None:
    first = tls.ensure(tmp_path, HOME, [], NOW)
    ca, chain, key = first.ca.read_bytes(), first.chain.read_bytes(), first.key.read_bytes()
    again = tls.ensure(tmp_path, addresses, [], NOW + later)
    assert again.ca.read_bytes() == ca
    assert again.chain.read_bytes() != chain
    assert again.key.read_bytes() != key


def test_an_authority_near_its_end_is_replaced(tmp_path: Path) -> None:
    first = tls.ensure(tmp_path, HOME, [], NOW)
    ca = first.ca.read_bytes()
    again = tls.ensure(tmp_path, HOME, [], NOW + tls.CA_LIFE - tls.CA_RENEW_BEFORE)
    assert again.is_new_ca
    assert again.ca.read_bytes() != ca


def test_spoilt_files_are_made_anew(tmp_path: Path) -> None:
    first = tls.ensure(tmp_path, HOME, [])
    first.chain.write_text("spoilt")
    assert shake_hands(tls.ensure(tmp_path, HOME, []), HOME[0]) is None
    other = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "ca.key").write_bytes(tls._pem(other))
    again = tls.ensure(tmp_path, HOME, [])
    assert again.is_new_ca
    assert shake_hands(again, HOME[0]) is None


def test_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    made = tls.ensure(tmp_path / "tls", HOME, [])
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "tls").iterdir()} == {0o600}
    for shared in (made.ca, made.chain):
        assert b"PRIVATE" not in shared.read_bytes()
