"""Watch the big screen under load: 2,000 events a second, 500 screens on one server, one of them a real browser.

The age of what a screen shows is measured just before each message replaces the one before: that is the oldest it ever gets.
The city is the demo's, so that the wall shows what a wall shows: a festival under way, named stores, goods and provinces, last year's curve.

Frames are counted three times: beside the load, where one machine is crowd, server, 500 screens and wall at once; of an empty page beside
the same load, which tells what the machine alone drops; and alone, fed with the recorded messages of the same load at the same pace,
which is what a wall with a machine of its own has to draw. A frame is dropped when it comes more than 50 ms after the one before.
"""

import asyncio
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright

from bench import stage
from bench.results import Row
from fairday.app.demo.seed import seed
from fairday.coupons.events import Claimed
from fairday.kernel import outbox
from fairday.kernel.events import Event
from fairday.kernel.tx import Database
from fairday.orders.events import Paid

EVENTS_PER_S = 2_000
SCREENS = 500
SECONDS = 30
EMPTY_SECONDS = 15
"""How long an empty page is watched beside the same load, after the wall."""
DELAY_LIMIT_MS = 3_000.0
SLOW_FRAME_MS = 50.0
_TICK_S = 0.05
_AS_OF = re.compile(rb'"as_of":"([^"]+)"')
"""Where a message says its age: 500 screens in one process cannot each read all of it."""
REGIONS = (
    "CN-SH", "CN-BJ", "CN-GD", "CN-ZJ", "CN-JS", "CN-SC", "CN-HB", "CN-XJ", "CN-SD", "CN-HA", "CN-FJ", "CN-HN", "CN-SN", "CN-LN", "CN-YN",
)  # fmt: skip
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_COUNT_FRAMES = """() => {
  window.frames_ = [];
  let before = performance.now();
  const note = (at) => { window.frames_.push(at - before); before = at; requestAnimationFrame(note); };
  requestAnimationFrame(note);
}"""

_REPLAY = """(() => {
  const messages = MESSAGES;
  let next = 0;
  window.EventSource = class {
    readyState = 1;
    addEventListener(name, hear) {
      if (name === 'totals') setInterval(() => hear({ data: messages[next++ % messages.length] }), 1000);
    }
    close() {}
  };
})()"""


@dataclass(frozen=True, slots=True)
class _City:
    """Hold whose events are announced: ids of stores with their regions, of goods with their merchants, of coupons."""

    stores: list[tuple[str, str]]
    goods: list[tuple[str, str]]
    coupon_ids: list[str]


@dataclass(slots=True)
class _Frames:
    """Count frames: how many came late, how many were drawn."""

    late: int = 0
    drawn: int = 0


def measure() -> list[Row]:
    """Measure the age of what 500 screens show, how many of them were served to the end, and a browser's slow frames."""
    with stage.database() as url, tempfile.TemporaryDirectory(prefix="fairday-wall-") as home:
        asyncio.run(seed(url, Path(home)))
        with stage.web(url, home=Path(home)) as port, _Worker(url):
            return asyncio.run(_measure(url, port))


async def _measure(url: str, port: int) -> list[Row]:
    database = await Database.connect(url, size=2)
    ages: list[float] = []
    heard: list[str] = []
    opened, stop = asyncio.Event(), asyncio.Event()
    wall, empty = _Frames(), _Frames()
    try:
        watched = asyncio.create_task(_browser(port, opened, wall, empty))
        # The page stands before the load begins: what is measured is a screen at work, not a browser that starts.
        await asyncio.wait([watched, asyncio.create_task(opened.wait())], return_when=asyncio.FIRST_COMPLETED)
        screens = [
            asyncio.create_task(_screen(port, ages, stop, heard if n == 0 else None)) for n in range(SCREENS)
        ]
        sent = await _events(database, _city(port))
        stop.set()
        served = sum(await asyncio.gather(*screens))
        await watched
        alone = await _alone(port, heard)
    finally:
        await database.close()
    ages.sort()
    p99_ms = ages[int(len(ages) * 0.99)] * 1000
    per_s = sent / (SECONDS + EMPTY_SECONDS)
    note = f"p50 {ages[len(ages) // 2] * 1000:.0f} ms at {per_s:.0f} events/s, {SCREENS} screens, {len(ages)} messages"
    beside = f"beside crowd, server and {SCREENS} screens on the same cores"
    return [
        Row("screen_delay_p99_ms", round(p99_ms), "ms", "asked for", DELAY_LIMIT_MS, note),
        Row("sse_clients", served, "screens", "asked for", SCREENS, "served until the end, two web workers"),
        _frames("screen_slow_frames", wall, beside),
        _frames("screen_slow_frames_empty_page", empty, f"an empty page, {beside}"),
        _frames("screen_slow_frames_alone", alone, "the same messages replayed without the load"),
    ]


def _frames(name: str, frames: _Frames, where: str) -> Row:
    note = f"more than {SLOW_FRAME_MS:.0f} ms after the one before, in Chromium without GPU, {where}"
    return Row(name, frames.late, "frames", "frames drawn", frames.drawn, note)


def _city(port: int) -> _City:
    """Read the demo's city over the API."""

    def listed(path: str) -> list[Any]:
        return list(stage.call(port, "GET", path)["items"])

    return _City(
        [(one["store"]["store_id"], one["store"]["region_id"]) for one in listed("/stores?limit=100")],
        [(one["sku_id"], one["merchant_id"]) for one in listed("/products?limit=40")],
        [one["coupon_id"] for one in listed("/coupons?claimable=false&limit=40")],
    )


async def _events(database: Database, city: _City) -> int:
    """Announce events at the wanted rate: three claims for each paid order."""
    chance, started, sent = random.Random(11), time.monotonic(), 0
    while (passed := time.monotonic() - started) < SECONDS + EMPTY_SECONDS:
        due = int(passed * EVENTS_PER_S) - sent
        if due > 0:
            async with database.transaction() as (tx, now):
                await outbox.publish(tx, [_event(chance, city, now, sent + n) for n in range(due)], now)
            sent += due
        await asyncio.sleep(_TICK_S)
    return sent


def _event(chance: random.Random, city: _City, now: datetime, n: int) -> Event:
    if n % 4:
        return Claimed(
            claim_id=f"clm_{uuid.uuid4().hex}", coupon_id=chance.choice(city.coupon_ids), merchant_id=None, member_id="mem_1", channel="online"
        )  # fmt: skip
    total_minor = chance.randrange(100, 90_000)
    sku_id, merchant_id = chance.choice(city.goods)
    store_id, street_region = chance.choice(city.stores)
    is_online = chance.random() < 0.7
    return Paid(
        order_id=f"ord_{uuid.uuid4().hex}", member_id="mem_1", channel="online" if is_online else "in_store", store_id=None if is_online else store_id,
        region_id=chance.choice(REGIONS) if is_online else street_region, currency="CNY", total_minor=total_minor, placed_at=now, paid_at=now,
        merchant_id=merchant_id, lines=[(sku_id, merchant_id, 1, total_minor)],
    )  # fmt: skip


async def _screen(port: int, ages: list[float], stop: asyncio.Event, kept: list[str] | None) -> int:
    """Read one stream until the end; return 1 when it was served all the time. `kept` takes its messages down."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    writer.write(b"GET /v1/screen/stream HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n")
    began = datetime.now(UTC)
    shown: datetime | None = None
    heard = 0
    try:
        while not stop.is_set():
            line = await asyncio.wait_for(reader.readline(), 10)
            if not line:
                return 0
            if not line.startswith(b"data: "):
                continue
            heard += 1
            if kept is not None:
                kept.append(line[6:].decode().strip())
            if shown is not None:
                ages.append((datetime.now(UTC) - shown).total_seconds())
            as_of = _AS_OF.search(line)
            shown = datetime.fromisoformat(as_of[1].decode()) if as_of else None
            # What was counted before the load began is old because nothing happened, not because it came late.
            shown = shown if shown and shown >= began else None
        return int(heard > (SECONDS + EMPTY_SECONDS) // 2)
    except TimeoutError:
        return 0
    finally:
        writer.close()


async def _browser(port: int, opened: asyncio.Event, wall: _Frames, empty: _Frames) -> None:
    """Count the frames of the wall from `opened` on, then those of an empty page."""
    async with _page("") as page:
        await _open(page, port)
        opened.set()
        await asyncio.sleep(SECONDS)
        await _count(page, wall)
        await page.goto("about:blank")
        await page.evaluate(_COUNT_FRAMES)
        await asyncio.sleep(EMPTY_SECONDS)
        await _count(page, empty)


async def _alone(port: int, messages: list[str]) -> _Frames:
    """Count those of a page that hears recorded messages, once a second, with nothing else to do for the machine."""
    frames = _Frames()
    async with _page(_REPLAY.replace("MESSAGES", json.dumps(messages))) as page:
        await _open(page, port)
        await asyncio.sleep(SECONDS)
        await _count(page, frames)
    return frames


@asynccontextmanager
async def _page(script: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = await playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        page = await browser.new_page(viewport={"width": 1280, "height": 720})
        if script:
            await page.add_init_script(script)
        yield page
        await browser.close()


async def _open(page: Page, port: int) -> None:
    await page.goto(f"http://127.0.0.1:{port}/screen")
    await page.wait_for_selector('main[data-freshness="live"]')
    await page.evaluate(_COUNT_FRAMES)


async def _count(page: Page, frames: _Frames) -> None:
    lengths: list[float] = await page.evaluate("window.frames_")
    frames.late = sum(length > SLOW_FRAME_MS for length in lengths)
    frames.drawn = len(lengths)


class _Worker:
    """Run `fairday worker` on a database while the benchmark lasts."""

    def __init__(self, url: str) -> None:
        self._environment = os.environ | {"FAIRDAY_DATABASE_URL": url, "FAIRDAY_LOG": "WARNING"}

    def __enter__(self) -> None:
        command = [sys.executable, "-m", "fairday", "worker"]
        self._process = subprocess.Popen(command, env=self._environment)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)
