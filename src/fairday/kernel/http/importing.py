"""Answer import routes: once by their key, with the run in the history."""

from collections.abc import Awaitable, Callable

from fairday.kernel import import_runs
from fairday.kernel.csv_rows import ErrorList, ImportReport
from fairday.kernel.http.once import once
from fairday.kernel.http.routes import Call
from fairday.kernel.idempotency import Answer
from fairday.kernel.import_runs import ImportKind


async def imported(
    call: Call,
    merchant_id: str,
    kind: ImportKind,
    work: Callable[[ErrorList], Awaitable[ImportReport]],
    *,
    file_name: str | None,
) -> Answer:
    """Do an import behind the call's Idempotency-Key and note it as the caller's; a dry run leaves no note.

    Raises: IdempotencyConflict; what the work raises.
    """
    database = call.services.database

    async def noted() -> ImportReport:
        return await import_runs.keep(
            database, merchant_id, kind, work, file_name=file_name, account_id=call.principal.account_id
        )

    return await once(database, call.key, noted)
