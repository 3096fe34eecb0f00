"""Be a till without network: keep a log as the browser does, take codes, sell for cash, send what happened."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from fairday.coupons import codes
from fairday.kernel.errors import Refusal
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.tx import Tx
from fairday.offline import service as offline
from fairday.offline.log_types import LogHead, LogRecord, Synced, Upload
from fairday.offline.types import Lease, LeaseAt
from fairday.tills import service as tills
from fairday.tills.sale_types import BasketLine, SaleBody, SellAt, TillSale
from fairday.tills.types import At, PairingBody, TillDraft
from tests.checkout.city import Shop
from tests.tills import city


@dataclass
class OfflineTill:
    """Hold a paired till with an open shift, its lease and its log."""

    shop: Shop
    till_id: str
    device_id: str
    device: Principal
    clerk_id: str
    shift_id: str
    at: datetime
    server_at: datetime
    lease_id: str = ""
    lease: Lease | None = None
    log: list[LogRecord] = field(default_factory=list)
    head: str = ""
    receipts: int = 0

    def record(self, kind: str, **more: Any) -> LogRecord:
        """Append a record at the till's present time."""
        seq = len(self.log) + 1
        elapsed_ms = int((self.at - self.server_at).total_seconds() * 1000)
        body = json.dumps(
            {
                "v": 1,
                "device_id": self.device_id,
                "seq": seq,
                "kind": kind,
                "lease_id": self.lease_id,
                "happened_at": self.at.isoformat(),
                "clock": {
                    "server_at": self.server_at.isoformat(),
                    "elapsed_ms": elapsed_ms if elapsed_ms >= 0 else None,
                    "device_at": self.at.isoformat(),
                },
                "shift_id": self.shift_id,
                "clerk_id": self.clerk_id,
            }
            | more,
            ensure_ascii=False,
        )
        return self.raw(body)

    def raw(self, body: str) -> LogRecord:
        """Append a record that says `body`."""
        seq = len(self.log) + 1
        prev = self.head or genesis(self.device_id)
        digest = hashlib.sha256(bytes.fromhex(prev) + body.encode()).hexdigest()
        made = LogRecord(seq=seq, prev_hash=prev, hash=digest, body=body)
        self.log.append(made)
        self.head = digest
        return made

    def receipt(self) -> str:
        """Return a new receipt id of this till."""
        self.receipts += 1
        return f"F{self.receipts:06}"

    def redeem(self, claim: tuple[str, str], amount_minor: int = 2000, **more: Any) -> LogRecord:
        """Take a claim, given as (claim, coupon), for a receipt of the shop's own POS."""
        code = {"code": code_text(claim, self.at), "amount_minor": amount_minor}
        return self.record("redemption", **({"receipt_id": self.receipt(), "codes": [code]} | more))

    def sell(
        self,
        lines: Sequence[tuple[str, int, int]],
        claims: Sequence[tuple[str, str]] = (),
        amount_minor: int = 2000,
        **more: Any,
    ) -> LogRecord:
        """Sell lines, given as (sku, quantity, gross), for cash."""
        total = sum(gross for _, _, gross in lines) - len(claims) * amount_minor
        told = {
            "receipt_id": self.receipt(),
            "lines": [{"sku_id": s, "quantity": q, "gross_minor": g} for s, q, g in lines],
            "codes": [{"code": code_text(one, self.at), "amount_minor": amount_minor} for one in claims],
            "total_minor": total,
            "tendered_minor": total,
        }
        return self.record("sale", **(told | more))

    def wait(self, **delta: float) -> None:
        """Let time pass at the till."""
        self.at += timedelta(**delta)

    def log_head(self) -> LogHead:
        """Return where its log ends."""
        return LogHead(seq=len(self.log), hash=self.head or genesis(self.device_id))

    def request(
        self, records: Sequence[LogRecord] | None = None, by: Principal | None = None
    ) -> offline.SyncAt:
        """Return the upload of records, of all by default."""
        chosen = tuple(self.log if records is None else records)
        return offline.SyncAt(by or self.device, self.lease_id, Upload(records=chosen))


def genesis(device_id: str) -> str:
    """Return the hash before the first record, worked out as the document says and not by our own code."""
    return hashlib.sha256(b"fairday till log v1 " + device_id.encode()).hexdigest()


def code_text(claim: tuple[str, str], at: datetime) -> str:
    """Return what a phone shows for a claim, given as (claim, coupon)."""
    return codes.make_text(codes.signing_key(), *claim, codes.step_at(at))


async def paired(tx: Tx, now: datetime, shop: Shop) -> OfflineTill:
    """Return a till of a shop, paired, with an open shift."""
    made = await tills.create_till(
        tx, city.merchant_of(shop), TillDraft(store_id=shop.store_id, name="1 号台"), now
    )
    code = await tills.make_setup_code(tx, city.merchant_of(shop), made.till_id, now)
    got = await tills.pair(tx, PairingBody(setup_code=code.code), "127.0.0.1", now)
    account_id = await tx.fetchval("SELECT account_id FROM tills.device WHERE device_id = $1", got.device_id)
    device = Principal(
        account_id,
        Role.DEVICE,
        "ses_d",
        merchant_id=shop.merchant_id,
        store_id=shop.store_id,
        till_id=made.till_id,
    )
    clerk = await city.clerk(tx, now, shop)
    shift = (await tills.open_shift(tx, device, clerk, 0, now)).shift
    return OfflineTill(shop, made.till_id, got.device_id, device, clerk.account_id, shift.shift_id, now, now)


async def leased(tx: Tx, now: datetime, till: OfflineTill) -> Lease | Refusal:
    """Ask for a lease and keep it when it is given."""
    [answer] = await offline.grant(tx, [LeaseAt(till.device.account_id, till.log_head())], now)
    if isinstance(answer, Lease):
        till.lease, till.lease_id, till.server_at, till.at = answer, answer.lease_id, now, now
    return answer


async def ready(tx: Tx, now: datetime, shop: Shop) -> OfflineTill:
    """Return a paired till with a lease."""
    till = await paired(tx, now, shop)
    lease = await leased(tx, now, till)
    assert isinstance(lease, Lease), lease
    return till


async def synced(
    tx: Tx,
    now: datetime,
    till: OfflineTill,
    records: Sequence[LogRecord] | None = None,
    by: Principal | None = None,
) -> Synced:
    """Send records, all by default, and return the answer, which must not be a refusal."""
    [answer] = await offline.sync(tx, [till.request(records, by)], now)
    assert isinstance(answer, Synced), answer
    return answer


def changed(record: LogRecord, old: str, new: str) -> LogRecord:
    """Return a record whose text was changed, with the hash it had."""
    assert old in record.body
    return LogRecord(
        seq=record.seq, prev_hash=record.prev_hash, hash=record.hash, body=record.body.replace(old, new)
    )


def clone(till: OfflineTill) -> OfflineTill:
    """Return a copy of a device as it is now: the same id, token and log."""
    return replace(till, log=list(till.log), receipts=till.receipts + 1000)


async def sold_online(
    tx: Tx, now: datetime, till: OfflineTill, sku_id: str, code: str, receipt_id: str
) -> None:
    """Sell one piece with a coupon for cash while the network was there; the till never got the answer."""
    body = SaleBody(
        lines=(BasketLine(sku_id=sku_id),),
        coupon_codes=(code,),
        receipt_id=receipt_id,
        expected_total_minor=10_000,
        cash_tendered_minor=10_000,
    )
    [sale] = await tills.sell(tx, [SellAt(At(till.clerk_id, till.till_id), body)], now)
    assert isinstance(sale, TillSale), sale
