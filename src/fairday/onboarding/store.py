"""Run onboarding's queries: one thin typed function each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx
from fairday.onboarding.types import Application, ApplicationStatus, Licence

sql = Queries("fairday.onboarding")


async def insert(tx: Tx, application: Application) -> bool:
    """Insert; False when the licence is another shop's."""
    made = await tx.fetchval(
        sql.insert_application,
        application.application_id,
        application.merchant_id,
        application.shop_name,
        application.region_id,
        application.licence,
        application.licence_number,
        application.status,
        application.applied_at,
    )
    return made is not None


async def find(tx: Tx, application_id: str) -> Application | None:
    """Return an application."""
    row = await tx.fetchrow(sql.find_application, application_id)
    return None if row is None else _application(row)


async def find_of(tx: Tx, merchant_id: str) -> Application | None:
    """Return a merchant's application."""
    row = await tx.fetchrow(sql.find_application_of, merchant_id)
    return None if row is None else _application(row)


async def listing(
    tx: Tx, status: ApplicationStatus | None, before_id: str | None, limit: int
) -> list[Application]:
    """Return applications, the newest first."""
    return [_application(row) for row in await tx.fetch(sql.list_applications, status, before_id, limit)]


async def is_licence_in_use(tx: Tx, number: str, merchant_id: str) -> bool:
    """Tell whether another shop stands on a licence."""
    return bool(await tx.fetchval(sql.licence_in_use, number, merchant_id))


async def request_limits(
    tx: Tx,
    application_id: str,
    old: Sequence[ApplicationStatus],
    licence: Licence,
    number: str,
    now: datetime,
) -> bool:
    """Ask for more on a licence if the status is one of `old`; return whether it was."""
    return await tx.fetchval(sql.request_limits, application_id, old, licence, number, now) is not None


async def decide(
    tx: Tx, application_id: str, status: ApplicationStatus, by: str, reason: str, now: datetime
) -> bool:
    """Set the decision on a request; False when none is open."""
    return await tx.fetchval(sql.decide, application_id, status, now, by, reason) is not None


def _application(row: Any) -> Application:
    kinds = {"licence": Licence(row["licence"]), "status": ApplicationStatus(row["status"])}
    return Application(**(dict(row) | kinds))
