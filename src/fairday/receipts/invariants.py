"""State what must always hold of receipts."""

from fairday.kernel.invariants import Invariant

_RECEIPT = (
    "INSERT INTO receipts.receipt (receipt_id, merchant_id, store_id, external_id, revision, till, happened_at, happened_on,"
    " recorded_at, currency, total_minor, line_count, return_count, is_incomplete, superseded_by, import_id, content_hash,"
    " fingerprint) SELECT 'rct_x' || n, 'mer_x', 'sto_x', 'R1', n, '1', clock_timestamp(), current_date, clock_timestamp(), 'CNY',"
    " 100, 1, 0, false, {by}, 'imp_x', sha256('x'), substring(sha256('x') FROM 1 FOR 16) FROM generate_series(1, {count}) AS n;"
)
_LINE = (
    "INSERT INTO receipts.line (receipt_id, line_no, name, quantity_milli, unit, total_minor, match)"
    " SELECT 'rct_x' || n, 1, 'x', 1000, 'pcs', 100, 'none' FROM generate_series(1, {count}) AS n;"
)


def _seed(
    count: int, *, by: str = "NULL", before: str = "", between: str = "", with_lines: bool = True
) -> str:
    """Return SQL that inserts `count` revisions of one receipt superseded by `by`, with their lines."""
    return before + (_RECEIPT + between + (_LINE if with_lines else "")).format(count=count, by=by)


INVARIANTS = [
    Invariant(
        "I20",
        "a receipt's total and counts are those of its lines",
        "SELECT r.receipt_id FROM receipts.receipt r LEFT JOIN receipts.line l USING (receipt_id) GROUP BY r.receipt_id"
        " HAVING r.total_minor <> coalesce(sum(l.total_minor), 0) OR r.line_count <> count(l.line_no)"
        " OR r.return_count <> count(*) FILTER (WHERE l.quantity_milli < 0)",
        _seed(1, with_lines=False),
    ),
    Invariant(
        "S39",
        "a receipt counts once: at most one of its revisions is live",
        "SELECT store_id, external_id FROM receipts.receipt WHERE superseded_by IS NULL GROUP BY 1, 2 HAVING count(*) > 1",
        _seed(2, before="DROP INDEX receipts.receipt_live;"),
    ),
    Invariant(
        "S39",
        "what superseded a receipt is there, in the same store",
        "SELECT r.receipt_id FROM receipts.receipt r LEFT JOIN receipts.receipt b ON b.receipt_id = r.superseded_by"
        " WHERE r.superseded_by IS NOT NULL AND b.store_id IS DISTINCT FROM r.store_id",
        _seed(1, by="'rct_none'"),
    ),
    Invariant(
        "S39",
        "revisions of a receipt count from 1 without a gap",
        "SELECT store_id, external_id FROM receipts.receipt GROUP BY 1, 2 HAVING max(revision) <> count(*)",
        _seed(2, by="'rct_x2'", between="DELETE FROM receipts.receipt WHERE receipt_id = 'rct_x1';"),
    ),
    Invariant(
        "S39",
        "of two corrections of one receipt one counts",
        "SELECT store_id, corrects_external_id FROM receipts.receipt WHERE superseded_by IS NULL"
        " AND corrects_external_id IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1",
        _seed(
            2,
            before="DROP INDEX receipts.receipt_live; DROP INDEX receipts.receipt_correction;",
            between="UPDATE receipts.receipt SET corrects_external_id = 'R0' WHERE store_id = 'sto_x';",
        ),
    ),
    Invariant(
        "S39",
        "no receipt counts beside its correction",
        "SELECT y.receipt_id FROM receipts.receipt x JOIN receipts.receipt y ON y.store_id = x.store_id"
        " AND y.external_id = x.corrects_external_id WHERE x.superseded_by IS NULL AND y.superseded_by IS NULL",
        _seed(
            2,
            before="DROP INDEX receipts.receipt_live;",
            between="UPDATE receipts.receipt SET external_id = 'R0' WHERE receipt_id = 'rct_x1';"
            "UPDATE receipts.receipt SET corrects_external_id = 'R0' WHERE receipt_id = 'rct_x2';",
        ),
    ),
    Invariant(
        "S38",
        "quantities are kept in pieces, grams or millilitres, and returns are below zero",
        "SELECT receipt_id, line_no FROM receipts.line WHERE unit NOT IN ('pcs', 'g', 'ml') OR quantity_milli = 0"
        " OR (total_minor <> 0 AND (total_minor < 0) <> (quantity_milli < 0))",
        _seed(1, before="ALTER TABLE receipts.line DROP CONSTRAINT line_unit_check;").replace(
            "'pcs'", "'kg'"
        ),
    ),
]
