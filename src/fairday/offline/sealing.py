"""Let a till seal a supervisor's PIN so that only the server can read it, and open what it sealed.

A till without network cannot check a PIN: what it would need for that would let a stolen till try all million of them. So it
seals what was typed for the server, which judges it when the log comes in. ECDH on P-256 with a key of the till's making for each
seal, HKDF-SHA256, AES-256-GCM; the seal is bound to device and receipt, so that it fits no other record.
"""

import base64
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fairday.coupons import service as coupons

_PURPOSE = b"fairday override v1"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_POINT = 65


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    """Return this installation's key: made of its secret, so that all machines have the same and none must keep it."""
    number = int.from_bytes(coupons.secret_for(b"fairday seal key v1", 48), "big")
    return ec.derive_private_key(number % (_ORDER - 1) + 1, ec.SECP256R1())


def seal_key() -> str:
    """Return what tills seal for: an uncompressed point of P-256 in base64url."""
    return _text(_point(_key().public_key()))


def seal(secret: str, device_id: str, receipt_id: str, key: str | None = None) -> str:
    """Seal as a till does; for tests and for tills that are not browsers."""
    theirs = _bytes(key or seal_key())
    mine = ec.generate_private_key(ec.SECP256R1())
    point = _point(mine.public_key())
    shared = mine.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    aes, nonce = _derived(shared, point + theirs)
    return _text(point + aes.encrypt(nonce, secret.encode(), _bound(device_id, receipt_id)))


def opened(text: str, device_id: str, receipt_id: str) -> str | None:
    """Return what was sealed for this record, or None when it was not sealed for it, or not for us."""
    try:
        sealed = _bytes(text)
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sealed[:_POINT])
        shared = _key().exchange(ec.ECDH(), theirs)
        aes, nonce = _derived(shared, sealed[:_POINT] + _point(_key().public_key()))
        return aes.decrypt(nonce, sealed[_POINT:], _bound(device_id, receipt_id)).decode()
    except (ValueError, InvalidTag):
        return None


def _derived(shared: bytes, salt: bytes) -> tuple[AESGCM, bytes]:
    made = HKDF(hashes.SHA256(), 44, salt, _PURPOSE).derive(shared)
    return AESGCM(made[:32]), made[32:]


def _bound(device_id: str, receipt_id: str) -> bytes:
    return f"{device_id} {receipt_id}".encode()


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
