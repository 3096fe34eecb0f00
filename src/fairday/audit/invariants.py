"""State what must hold of the audit log; each with a violation that a superuser could do."""

from fairday.kernel.invariants import Invariant

_ROW = (
    "INSERT INTO kernel.audit (xid, id, audit_id, happened_at, account_id, name, role, session_id, is_key, method, route,"
    " path, target_id, status, request_digest) OVERRIDING SYSTEM VALUE VALUES ('{xid}', {id}, 'aud_bad{id}', now(),"
    " 'acc_1', 'x', 'operator', 'ses_1', false, 'POST', '/x', '/x', '', 200, sha256('x'));"
)
_SEAL = (
    "INSERT INTO kernel.audit_seal (number, xid, id, hash) SELECT coalesce(max(number), 0) + {step}, '{xid}', {id},"
    " sha256('forged') FROM kernel.audit_seal;"
)
FAR = 9_000_000_000_000_000_000

INVARIANTS = [
    Invariant(
        "I64",
        "no sealed audit row was changed: each link of the chain is the hash of its row and the link before",
        "SELECT s.number, a.audit_id, a.path FROM (SELECT number, xid, id, hash, lag(hash) OVER (ORDER BY number) AS"
        " hash_before FROM kernel.audit_seal) s JOIN kernel.audit a ON a.xid = s.xid AND a.id = s.id WHERE s.hash <>"
        " sha256(coalesce(s.hash_before, sha256('fairday audit v1')) || convert_to(kernel.audit_text(a), 'UTF8'))",
        _ROW.format(xid=FAR, id=1) + _SEAL.format(xid=FAR, id=1, step=1),
    ),
    Invariant(
        "I64",
        "no sealed audit row was deleted",
        "SELECT s.number, s.xid::text, s.id FROM kernel.audit_seal s LEFT JOIN kernel.audit a"
        " ON a.xid = s.xid AND a.id = s.id WHERE a.audit_id IS NULL",
        _SEAL.format(xid=FAR, id=1, step=1),
    ),
    Invariant(
        "X36",
        "no audit row was slipped in before the head of the chain",
        "SELECT a.audit_id, a.path FROM kernel.audit a CROSS JOIN (SELECT xid, id FROM kernel.audit_seal"
        " ORDER BY number DESC LIMIT 1) h LEFT JOIN kernel.audit_seal s ON s.xid = a.xid AND s.id = a.id"
        " WHERE s.number IS NULL AND (a.xid, a.id) <= (h.xid, h.id)",
        _ROW.format(xid=FAR, id=2) + _SEAL.format(xid=FAR, id=2, step=1) + _ROW.format(xid=5, id=3),
    ),
    Invariant(
        "I64",
        "the numbers of the chain run from 1 without a gap",
        "SELECT number FROM (SELECT number, lag(number, 1, 0::bigint) OVER (ORDER BY number) AS before"
        " FROM kernel.audit_seal) s WHERE number <> before + 1",
        _SEAL.format(xid=FAR, id=1, step=2),
    ),
]
