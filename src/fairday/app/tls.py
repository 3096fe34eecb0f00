"""Make the local certificate authority and the server's certificate for `--lan`, and keep them in `FAIRDAY_HOME/tls`.

The authority lives ten years, so a phone trusts it once. Its name constraints let it speak for private addresses and
local names only: even with its key nobody could pretend to be a bank on a phone that trusts it. The server's certificate
lives 397 days; it is made anew, with a new key, when addresses change or 30 days before its end. Private keys are
readable by their owner only and are served nowhere. Why so: docs/adr/0090.
"""

import ipaddress
import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_LIFE = timedelta(days=3652)
LIFE = timedelta(days=397)
RENEW_BEFORE = timedelta(days=30)
CA_RENEW_BEFORE = LIFE + RENEW_BEFORE
_SKEW = timedelta(days=1)
NETWORKS = (
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
    "::1/128", "fc00::/7", "fe80::/10",
)  # fmt: skip
NAMES = ("localhost", "local", "lan", "home.arpa", "internal")


@dataclass(frozen=True, slots=True)
class Tls:
    """Hold the files: the authority's certificate (to give away), the server's chain and key."""

    ca: Path
    chain: Path
    key: Path
    is_new_ca: bool

    @property
    def fingerprint(self) -> str:
        """Return the authority's SHA-256 fingerprint as phones show it."""
        digest = x509.load_pem_x509_certificate(self.ca.read_bytes()).fingerprint(hashes.SHA256())
        return digest.hex(":").upper()


def ensure(folder: Path, addresses: Sequence[str], names: Sequence[str], now: datetime | None = None) -> Tls:
    """Return certificates that are good for `addresses` and `names` now; what is good already stays."""
    now = now or datetime.now(UTC)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    ca_path, chain, key_path = folder / "ca.crt", folder / "server.crt", folder / "server.key"
    authority = _read(ca_path, folder / "ca.key")
    is_new_ca = authority is None or authority[0].not_valid_after_utc - now < CA_RENEW_BEFORE
    if authority is None or is_new_ca:
        authority = _make_authority(now)
        _write(folder / "ca.key", _pem(authority[1]))
        _write(ca_path, authority[0].public_bytes(serialization.Encoding.PEM))
    wanted = _wanted(addresses, names)
    server = _read(chain, key_path)
    if server is None or is_new_ca or not _is_good(server[0], authority[0], wanted, now):
        certificate, key = _make_server(authority, wanted, now)
        _write(key_path, _pem(key))
        both = (certificate, authority[0])
        _write(chain, b"".join(one.public_bytes(serialization.Encoding.PEM) for one in both))
    return Tls(ca_path, chain, key_path, is_new_ca)


_Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def _wanted(addresses: Sequence[str], names: Sequence[str]) -> list[x509.GeneralName]:
    """Return what the server's certificate names: what is asked for, as far as the authority may speak for it."""
    networks = [ipaddress.ip_network(one) for one in NETWORKS]
    ips = dict.fromkeys(ipaddress.ip_address(one) for one in (*addresses, "127.0.0.1", "::1"))
    good_ips = [
        ip for ip in ips if any(ip in network for network in networks if network.version == ip.version)
    ]
    good_names = [
        name
        for name in dict.fromkeys((*names, "localhost"))
        if any(name == one or name.endswith(f".{one}") for one in NAMES)
    ]
    return [*(x509.DNSName(name) for name in good_names), *(x509.IPAddress(ip) for ip in good_ips)]


def _make_authority(now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    title = f"Fairday {socket.gethostname()[:40]} {secrets.token_hex(2)}"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    permitted: list[x509.GeneralName] = [x509.DNSName(one) for one in NAMES]
    permitted += [x509.IPAddress(ipaddress.ip_network(one)) for one in NETWORKS]
    usage = _usage(key_cert_sign=True, crl_sign=True)
    certificate = (
        _begin(name, name, key.public_key(), now, CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate, key


def _make_server(authority: _Pair, wanted: list[x509.GeneralName], now: datetime) -> _Pair:
    ca, ca_key = authority
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Fairday on this network")])
    server_auth = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    certificate = (
        _begin(name, ca.subject, key.public_key(), now, LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(server_auth, critical=False)
        .add_extension(issuer, critical=False)
        .add_extension(x509.SubjectAlternativeName(wanted), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    return certificate, key


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now - _SKEW + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(**given: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: given.get(name, False) for name in names})


def _is_good(
    certificate: x509.Certificate, ca: x509.Certificate, wanted: list[x509.GeneralName], now: datetime
) -> bool:
    named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    try:
        certificate.verify_directly_issued_by(ca)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return set(named) == set(wanted) and certificate.not_valid_after_utc - now > RENEW_BEFORE


def _read(certificate: Path, key: Path) -> _Pair | None:
    """Return a certificate with its key, or None when one is missing or they do not belong together."""
    try:
        found = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
        private = serialization.load_pem_private_key(key.read_bytes(), None)
    except (OSError, ValueError):
        return None
    if not isinstance(private, ec.EllipticCurvePrivateKey) or found.public_key() != private.public_key():
        return None
    return found, private


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, data: bytes) -> None:
    """Write for the owner's eyes only, whole or not at all."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(data)
    draft.replace(path)
