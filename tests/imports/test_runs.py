"""The history of imports: what is noted, who reads it, what a dry run and a repeated request leave."""

import uuid
from datetime import timedelta
from typing import Any

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft, MerchantDraft
from fairday.imports import schedule
from fairday.kernel import import_runs
from fairday.kernel.csv_rows import ERRORS_KEPT, ERRORS_SHOWN, ErrorList, ImportReport, RowError
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database
from tests.client import Client, refused

GOOD = "external_id,name,region,latitude,longitude\r\nS-1,人民广场店,CN-SH,31.2304,121.4737\r\n"
BAD = GOOD + "S-2,静安店,CN-XX,31.2231,121.4454\r\nS-3,徐汇店,CN-SH,131.2,121.4\r\n"


async def seat(url: str, database: Database) -> tuple[Client, str]:
    """Return a client of a new merchant whose owner is called 周岚, and the merchant's id."""
    async with database.transaction() as (tx, now):
        merchant = await identity.create_merchant(tx, MerchantDraft(name="好物铺"), now)
        draft = AccountDraft(role=Role.MERCHANT, name="周岚", merchant_id=merchant.merchant_id)
        account = await identity.create_account(tx, draft, now)
        token, _ = await identity.open_session(tx, account.account_id, ttl_s=3600, now=now)
    return Client(url, token), merchant.merchant_id


async def send(client: Client, text: str, key: str | None = None, **query: str) -> Any:
    return await client.post("/imports/places", raw=text.encode(), media="text/csv", key=key, **query)


async def test_a_run_is_noted_with_who_when_what_and_why(server_url: str, database: Database) -> None:
    client, merchant_id = await seat(server_url, database)
    await send(client, BAD, dry_run="true", file_name="门店.csv")
    assert (await client.get("/import-runs"))["items"] == []
    key = uuid.uuid4().hex
    told = await send(client, BAD, key, file_name="门店.csv")
    assert await send(client, BAD, key, file_name="门店.csv") == told
    (run,) = (await client.get("/import-runs"))["items"]
    assert {
        name: run[name] for name in ("import_id", "kind", "file_name", "account_name", "merchant_id")
    } == {
        "import_id": told["import_id"],
        "kind": "places",
        "file_name": "门店.csv",
        "account_name": "周岚",
        "merchant_id": merchant_id,
    }
    assert (run["created_count"], run["updated_count"], run["unchanged_count"], run["error_count"]) == (
        1,
        0,
        0,
        2,
    )
    detail = await client.get(f"/import-runs/{run['import_id']}")
    assert detail["errors"] == told["errors"]
    assert [(one["line"], one["column"]) for one in detail["errors"]] == [(3, "region"), (4, "latitude")]
    await client.close()


async def test_the_newest_come_first_by_kind_and_page(server_url: str, database: Database) -> None:
    client, _ = await seat(server_url, database)
    ids = [(await send(client, GOOD))["import_id"] for _ in range(3)]
    first = await client.get("/import-runs", kind="places", limit=2)
    rest = await client.get("/import-runs", limit=2, cursor=first["next_cursor"])
    assert [one["import_id"] for one in first["items"] + rest["items"]] == ids[::-1]
    assert [one["unchanged_count"] for one in first["items"]] == [1, 1]
    assert first["items"][0]["file_name"] is None
    assert (await client.get("/import-runs", kind="stock"))["items"] == []
    await client.close()


async def test_another_merchants_runs_are_not_found(server_url: str, database: Database) -> None:
    mine, merchant_id = await seat(server_url, database)
    other, _ = await seat(server_url, database)
    import_id = (await send(mine, GOOD))["import_id"]
    await refused(other.get(f"/import-runs/{import_id}"), 404, "not_found")
    await refused(other.get("/import-runs", merchant_id=merchant_id), 404, "not_found")
    assert (await other.get("/import-runs"))["items"] == []
    await mine.close()
    await other.close()


async def test_many_reasons_are_kept_and_some_are_told(database: Database) -> None:
    async def work(errors: ErrorList) -> ImportReport:
        for line in range(ERRORS_KEPT + 7, 0, -1):
            errors.add(RowError(line, "on_hand", "bad", "bad", "错"))
        return ImportReport(
            import_id=f"imp_{uuid.uuid4().hex}", created_count=0, updated_count=0, unchanged_count=0,
            error_count=errors.count, errors=errors.shown,
        )  # fmt: skip

    report = await import_runs.keep(database, "mer_of_this_test", "stock", work, file_name="a.csv")
    assert len(report.errors) == ERRORS_SHOWN
    async with database.transaction(read_only=True) as (tx, _):
        run, errors = await import_runs.get(tx, report.import_id)
    assert (run.error_count, len(errors), run.account_id) == (ERRORS_KEPT + 7, ERRORS_KEPT, None)
    assert [one.line for one in errors] == sorted(one.line for one in errors)


async def test_a_file_that_cannot_be_read_leaves_no_run(server_url: str, database: Database) -> None:
    client, _ = await seat(server_url, database)
    await refused(send(client, "nothing,of,this\r\n1,2,3\r\n"), 422, "missing_columns")
    assert (await client.get("/import-runs"))["items"] == []
    await client.close()


async def test_runs_are_forgotten_after_a_year(server_url: str, database: Database) -> None:
    client, _ = await seat(server_url, database)
    import_id = (await send(client, GOOD))["import_id"]
    await schedule.forget(database)
    assert (await client.get(f"/import-runs/{import_id}"))["import_id"] == import_id
    async with database.transaction() as (tx, now):
        assert await import_runs.forget(tx, now + timedelta(seconds=1), 10**6) >= 1
    await refused(client.get(f"/import-runs/{import_id}"), 404, "not_found")
    await client.close()
