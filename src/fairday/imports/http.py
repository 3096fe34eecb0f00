"""Serve the history of imports."""

from typing import Annotated, Any

import msgspec

from fairday.identity import service as identity
from fairday.kernel import import_runs
from fairday.kernel.csv_rows import RowError
from fairday.kernel.errors import NotFound
from fairday.kernel.http import paging
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Page, PageQuery, Router
from fairday.kernel.ids import Id
from fairday.kernel.import_runs import LAST_ID, ImportKind, ImportRun
from fairday.kernel.tx import Tx

router = Router("imports")
STAFF = frozenset({Role.MERCHANT, Role.OPERATOR})


class RunsQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Ask for a merchant's runs, of one kind if wanted; operators name the merchant."""

    kind: ImportKind | None = None
    merchant_id: Id | None = None


class RunView(ImportRun, frozen=True, kw_only=True):
    """Show a run with the name of who sent it; null from the command line."""

    account_name: str | None


class RunDetail(RunView, frozen=True, kw_only=True):
    """Show a run with the reasons why rows were refused, the first 5,000 of them."""

    errors: Annotated[list[RowError], msgspec.Meta(max_length=5000)]


@router.read("/import-runs", who=STAFF, query=RunsQuery, returns=Page[RunView], summary="List imports")
async def list_runs(call: Call, tx: Tx) -> Page[RunView]:
    """List a merchant's imports, the newest first; what was only tried out is not among them. Kept for a year."""
    query: RunsQuery = call.query or RunsQuery()
    merchant_id = call.principal.own_merchant(query.merchant_id)
    key = paging.read(query.cursor, [str])
    found = await import_runs.page(tx, merchant_id, query.kind, key[0] if key else LAST_ID, query.limit + 1)
    page = found[: query.limit]
    names = await identity.names(tx, [one.account_id for one in page if one.account_id])
    more = paging.make(page[-1].import_id) if len(found) > query.limit else None
    return Page([RunView(**_fields(one), account_name=names.get(one.account_id or "")) for one in page], more)


@router.read(
    "/import-runs/{import_id}", who=STAFF, returns=RunDetail, summary="Look at an import and its refused rows"
)
async def read_run(call: Call, tx: Tx) -> RunDetail:
    """Show a run with why rows were refused, by line; another merchant's is not found."""
    run, errors = await import_runs.get(tx, call.path["import_id"])
    if not call.principal.may_see(run.merchant_id):
        raise NotFound(what="import")
    names = await identity.names(tx, [run.account_id] if run.account_id else [])
    return RunDetail(**_fields(run), account_name=names.get(run.account_id or ""), errors=errors)


def _fields(run: ImportRun) -> dict[str, Any]:
    return {name: getattr(run, name) for name in ImportRun.__struct_fields__}
