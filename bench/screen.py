"""Watch the big screen under load: 2,000 events a second, 500 screens on one server, one of them a real browser.

The age of what a screen shows is measured just before each message replaces the one before: that is the oldest it ever gets.
Frames are counted twice: beside the load, where one machine is crowd, server, 500 screens and wall at once, and then alone, fed with the
recorded messages of the same load at the same pace, which is what a wall with a machine of its own has to draw.
"""

import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from playwright.async_api import Page, async_playwright

from bench import stage
from bench.results import Row
from fairday.coupons.events import Claimed
from fairday.kernel import outbox
from fairday.kernel.events import Event
from fairday.kernel.tx import Database
from fairday.orders.events import Paid

EVENTS_PER_S = 2_000
SCREENS = 500
SECONDS = 30
DELAY_LIMIT_MS = 3_000.0
SLOW_FRAME_MS = 50.0
_TICK_S = 0.05
_REGIONS = ("CN-SH", "CN-BJ", "CN-GD", "CN-ZJ", "CN-SC", "CN-HB", "CN-XJ")
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


def measure() -> list[Row]:
    """Measure the age of what 500 screens show, how many of them were served to the end, and a browser's slow frames."""
    with stage.database() as url, stage.web(url) as port, _Worker(url):
        return asyncio.run(_measure(url, port))


async def _measure(url: str, port: int) -> list[Row]:
    database = await Database.connect(url, size=2)
    ages: list[float] = []
    heard: list[str] = []
    opened, stop = asyncio.Event(), asyncio.Event()
    try:
        frames = asyncio.create_task(_browser(port, opened, stop))
        # The page stands before the load begins: what is measured is a screen at work, not a browser that starts.
        await asyncio.wait([frames, asyncio.create_task(opened.wait())], return_when=asyncio.FIRST_COMPLETED)
        screens = [
            asyncio.create_task(_screen(port, ages, stop, heard if n == 0 else None)) for n in range(SCREENS)
        ]
        sent = await _events(database)
        stop.set()
        served = sum(await asyncio.gather(*screens))
        slow, drawn = await frames
        alone_slow, alone_drawn = await _alone(port, heard)
    finally:
        await database.close()
    ages.sort()
    p99_ms = ages[int(len(ages) * 0.99)] * 1000
    note = f"p50 {ages[len(ages) // 2] * 1000:.0f} ms at {sent / SECONDS:.0f} events/s, {SCREENS} screens, {len(ages)} messages"
    return [
        Row("screen_delay_p99_ms", round(p99_ms), "ms", "asked for", DELAY_LIMIT_MS, note),
        Row("sse_clients", served, "screens", "asked for", SCREENS, "served until the end, two web workers"),
        Row(
            "screen_slow_frames",
            slow,
            "frames",
            "frames drawn",
            drawn,
            f"above {SLOW_FRAME_MS:.0f} ms, in Chromium without GPU, beside crowd, server and {SCREENS} screens on the same cores",
        ),
        Row(
            "screen_slow_frames_alone",
            alone_slow,
            "frames",
            "frames drawn",
            alone_drawn,
            f"above {SLOW_FRAME_MS:.0f} ms, in Chromium without GPU, the same messages replayed without the load",
        ),
    ]


async def _events(database: Database) -> int:
    """Announce events at the wanted rate: three claims for each paid order."""
    chance, started, sent = random.Random(11), time.monotonic(), 0
    while (passed := time.monotonic() - started) < SECONDS:
        due = int(passed * EVENTS_PER_S) - sent
        if due > 0:
            async with database.transaction() as (tx, now):
                await outbox.publish(tx, [_event(chance, now, sent + n) for n in range(due)], now)
            sent += due
        await asyncio.sleep(_TICK_S)
    return sent


def _event(chance: random.Random, now: datetime, n: int) -> Event:
    if n % 4:
        return Claimed(
            claim_id=f"clm_{uuid.uuid4().hex}", coupon_id=f"cpn_{n % 50}", merchant_id=None, member_id="mem_1", channel="online"
        )  # fmt: skip
    total_minor = chance.randrange(100, 90_000)
    return Paid(
        order_id=f"ord_{uuid.uuid4().hex}", member_id="mem_1", channel="online", store_id=None, region_id=chance.choice(_REGIONS),
        currency="CNY", total_minor=total_minor, placed_at=now, paid_at=now, merchant_id=f"mer_{n % 40}",
        lines=[(f"sku_{chance.randrange(2_000)}", f"mer_{n % 40}", 1, total_minor)],
    )  # fmt: skip


async def _screen(port: int, ages: list[float], stop: asyncio.Event, kept: list[str] | None) -> int:
    """Read one stream until the end; return 1 when it was served all the time. `kept` takes its messages down."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    writer.write(b"GET /v1/screen/stream HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n")
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
            as_of = json.loads(line[6:])["as_of"]
            shown = datetime.fromisoformat(as_of) if as_of else None
        return int(heard > SECONDS // 2)
    except TimeoutError:
        return 0
    finally:
        writer.close()


async def _browser(port: int, opened: asyncio.Event, stop: asyncio.Event) -> tuple[int, int]:
    """Return how many frames came late, and how many were drawn, from `opened` to `stop`."""
    async with _page("") as page:
        await _open(page, port)
        opened.set()
        await stop.wait()
        return await _counted(page)


async def _alone(port: int, messages: list[str]) -> tuple[int, int]:
    """Return the same of a page that hears recorded messages, once a second, with nothing else to do for the machine."""
    async with _page(_REPLAY.replace("MESSAGES", json.dumps(messages))) as page:
        await _open(page, port)
        await asyncio.sleep(SECONDS)
        return await _counted(page)


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


async def _counted(page: Page) -> tuple[int, int]:
    lengths: list[float] = await page.evaluate("window.frames_")
    return sum(length > SLOW_FRAME_MS for length in lengths), len(lengths)


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
