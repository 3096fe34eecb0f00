"""Serve the live totals: once as JSON, or as a stream of server-sent events."""

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from fairday.festivals.errors import FestivalUnknown
from fairday.festivals.types import Instant
from fairday.kernel.http import paging
from fairday.kernel.http.api import Receive, Send
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import PUBLIC, Call, Page, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.tx import Tx
from fairday.screen import service, store, wall
from fairday.screen.board import Board
from fairday.screen.types import Baseline, MerchantShare, ScreenTotals

router = Router("screen")
HEARTBEAT_S = 5.0
_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


async def background(services: Any) -> None:
    """Keep this process's board fresh while somebody watches."""
    await _board(services).run()


def _board(services: Any) -> Board:
    board = services.shared.get("screen.board")
    if board is None:
        board = services.shared["screen.board"] = Board(services.database)
    return board  # type: ignore[no-any-return]  # put there two lines above


@router.stream("/screen/stream", who=PUBLIC, summary="Watch the live totals")
async def stream_screen(call: Call, receive: Receive, send: Send) -> None:
    """Send an event `totals` with the document of `GET /v1/screen` at once and then about every second; a comment keeps
    the connection alive when there is none. A slow reader skips what it missed.
    """
    board = _board(call.services)
    board.join()
    gone = asyncio.create_task(_gone(receive))
    try:
        body = await board.body()
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await _say(send, body)
        while not gone.done():
            try:
                async with asyncio.timeout(HEARTBEAT_S):
                    body = await board.news()
            except TimeoutError:
                await send({"type": "http.response.body", "body": b": alive\n\n", "more_body": True})
                continue
            await _say(send, body)
    finally:
        board.leave()
        gone.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await gone


@router.read("/screen", who=PUBLIC, returns=ScreenTotals, summary="Read the live totals")
async def read_screen(call: Call, tx: Tx) -> Answer:
    """Read everything that the screen shows, at most a second old; `definition` says what is counted."""
    return Answer(200, await _board(call.services).body())


@router.read(
    "/screen/mine",
    who=frozenset({Role.MERCHANT}),
    returns=MerchantShare,
    summary="Read your own share of the totals",
)
async def read_share(call: Call, tx: Tx) -> MerchantShare:
    """Read what the asking merchant sold, by the same definition as the screen; nobody else's numbers."""
    return await service.of_merchant(tx, call.principal.own_merchant(None))


class FramesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for at most `limit` frames from instant `since` on, or after `cursor`."""

    since: Instant | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50
    cursor: Annotated[str, msgspec.Meta(max_length=200)] | None = None


@router.read(
    "/screen/frames",
    who=PUBLIC,
    query=FramesQuery,
    returns=Page[ScreenTotals],
    summary="Replay the live totals",
)
async def list_frames(call: Call, tx: Tx) -> Page[Any]:
    """The totals as they were shown, one every ten seconds in which something moved, the oldest first; `series` and `ghost`
    are left out. Kept for 400 days.
    """
    query: FramesQuery = call.query
    after = paging.read(query.cursor, [str])
    since = datetime.fromisoformat(after[0]) if after else query.since or datetime.min.replace(tzinfo=UTC)
    found = await store.frames(tx, since, query.limit + 1)
    more = len(found) > query.limit
    return Page(
        [frame for _, frame in found[: query.limit]],
        paging.make(found[query.limit][0].isoformat()) if more else None,
    )


@router.write(
    "PUT",
    "/screen/baselines/{festival_id}",
    who=frozenset({Role.OPERATOR}),
    body=Baseline,
    returns=Baseline,
    summary="Set the curve to beat",
    refusals=(FestivalUnknown,),
    body_max=256 * 1024,
    example={"name": "去年双十一", "name_en": "Last year", "minutes_minor": [120000, 98000, 87000]},
)
async def set_baseline(call: Call, tx: Tx, body: Baseline) -> Baseline:
    """What an earlier festival sold in each minute from its first sale phase on; the screen draws it as a ghost."""
    await wall.set_baseline(tx, call.path["festival_id"], body)
    return body


async def _say(send: Send, body: bytes) -> None:
    await send(
        {"type": "http.response.body", "body": b"event: totals\ndata: " + body + b"\n\n", "more_body": True}
    )


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
