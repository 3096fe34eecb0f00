"""The board: one reader for all clients, the newest message for each, grey when the database is away."""

import asyncio

import pytest

from fairday.kernel.errors import Busy
from fairday.kernel.tx import Database
from fairday.screen import board as boards
from fairday.screen.board import Board


async def test_many_readers_ask_the_database_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    totals = boards.service.totals

    async def counting(*arguments: object) -> object:
        nonlocal asked
        asked += 1
        return await totals(*arguments)

    monkeypatch.setattr(boards.service, "totals", counting)
    board = Board(database)
    bodies = await asyncio.gather(*[board.body() for _ in range(200)])
    assert asked == 1
    assert len(set(bodies)) == 1


async def test_it_rests_without_clients_and_tells_news_with_them(database: Database) -> None:
    board = Board(database)
    running = asyncio.create_task(board.run())
    try:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(board.news(), 0.3)
        board.join()
        first = await asyncio.wait_for(board.news(), 3)
        second = await asyncio.wait_for(board.news(), 3)
        assert b'"gmv_minor"' in first
        assert first != second
        board.leave()
    finally:
        running.cancel()


async def test_a_full_house_is_refused() -> None:
    board = Board(None)
    for _ in range(boards.CLIENTS_MAX):
        board.join()
    with pytest.raises(Busy):
        board.join()
    board.leave()
    board.join()


async def test_when_the_database_goes_the_last_totals_turn_stale(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "EVERY_S", 0.0)
    database = await Database.connect(database_url, size=1)
    board = Board(database)
    await board.body()
    await database.close()
    assert b'"stale":true' in await board.body()
    never = Board(database)
    with pytest.raises(Busy):
        await never.body()
