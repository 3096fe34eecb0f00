"""Let a crowd arrive: each act has its instant, whatever the answers before it take (no coordinated omission).

Acts are drawn from a seeded plan; at most `at_once` run at a time, and waiting for a place counts as waiting.
"""

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fairday.app.simulate import member_acts, packet_acts, staff_acts, world
from fairday.app.simulate.asking import Asker, Lost, Refused
from fairday.app.simulate.http_client import HttpClient
from fairday.app.simulate.tally import Tally
from fairday.app.simulate.world import World

Act = Callable[[Asker, World, Any, random.Random], Awaitable[None]]

MEMBER_ACTS: tuple[tuple[str, Act, int], ...] = (
    ("browse", member_acts.browse, 16),
    ("search", member_acts.search, 14),
    ("claim", member_acts.claim, 16),
    ("look at my things", member_acts.my_things, 6),
    ("order", member_acts.order, 20),
    ("order, pay later", member_acts.order_later, 6),
    ("cancel", member_acts.cancel, 4),
    ("return", member_acts.give_back, 4),
    ("send a red packet", packet_acts.send_packet, 1),
    ("open a red packet", packet_acts.open_packet, 6),
)
CLERK_ACTS: tuple[tuple[str, Act, int], ...] = (
    ("sell at a till", staff_acts.sell, 9),
    ("redeem at a till", staff_acts.redeem, 5),
    ("reverse", staff_acts.reverse, 1),
    ("undo a sale", staff_acts.undo, 1),
)
MERCHANT_ACTS: tuple[tuple[str, Act, int], ...] = (
    ("look at stock", staff_acts.look_at_stock, 1),
    ("look at figures", staff_acts.look_at_figures, 1),
    ("count a shelf", staff_acts.count_shelf, 3),
    ("hand over", staff_acts.hand_over, 2),
    ("take returns in", staff_acts.take_in, 2),
)


@dataclass(frozen=True)
class Plan:
    """Hold how large and how busy the crowd is; `acts` None means until `duration_s` (None: for ever)."""

    url: str
    seed: int
    rate: float
    duration_s: float | None
    acts: int | None
    members: int
    clerks: int
    merchants: int
    at_once: int
    login: str | None = None
    password: str | None = None


async def play(plan: Plan, console: Console) -> Tally:
    """Get ready, play, and return what was met. Raises: NotReadyError, Refused or Lost while getting ready."""
    client = HttpClient(plan.url, connections=plan.at_once)
    ready = Tally()
    run = f"c{plan.seed}-{secrets.token_hex(4)}"
    rng = random.Random(plan.seed)
    try:
        ask = Asker(client, ready, run)
        await _until_up(client, console)
        operator = await world.sign_in(ask, plan.login, plan.password)
        with console.status("Making members, tills and accounts"):
            made = await world.make(
                ask,
                operator,
                rng,
                members=plan.members,
                clerks=plan.clerks,
                merchants=plan.merchants,
                wallet_minor=member_acts.REFILL_MINOR,
            )
        console.print(
            f"{len(made.members):,} members, {len(made.clerks)} clerks, {len(made.merchants)} merchants;"
            f" {len(made.goods)} sellers, {len(made.coupons)} coupons."
        )
        ask.tally = tally = Tally()
        with contextlib.suppress(asyncio.CancelledError):
            await _arrive(plan, ask, made, rng, tally, console)
        return tally
    finally:
        client.close()


async def _until_up(client: HttpClient, console: Console, timeout_s: float = 60.0) -> None:
    ends = time.monotonic() + timeout_s
    is_told = False
    while True:
        with contextlib.suppress(OSError, TimeoutError):
            if (await client.request("GET", "/readyz")).status == 200:
                return
        if time.monotonic() > ends:
            raise world.NotReadyError(
                f"No Fairday answers at {client.host}:{client.port}. Start it with `fairday up`."
            )
        if not is_told:
            console.print(f"Waiting for Fairday at {client.host}:{client.port}, a minute at most.")
            is_told = True
        await asyncio.sleep(0.5)


async def _arrive(
    plan: Plan, ask: Asker, made: World, rng: random.Random, tally: Tally, console: Console
) -> None:
    gate = asyncio.Semaphore(plan.at_once)
    running: set[asyncio.Task[None]] = set()
    began = time.monotonic()
    due = began
    count = 0
    try:
        with _bar(plan, console) as advance:
            while (plan.acts is None or count < plan.acts) and (
                plan.duration_s is None or due < began + plan.duration_s
            ):
                due += rng.expovariate(plan.rate)
                name, act, actor = _draw(made, rng)
                own = random.Random(rng.getrandbits(64))
                if due > (now := time.monotonic()):
                    await asyncio.sleep(due - now)
                elif count % 50 == 0:
                    await asyncio.sleep(0)  # late: let the others work, then send what is due at once
                task = asyncio.create_task(_one(gate, ask, made, name, act, actor, own, due))
                running.add(task)
                task.add_done_callback(running.discard)
                count += 1
                advance(tally.done)
                if (
                    len(running) > 20_000
                ):  # the house is far behind: wait with it rather than run out of memory
                    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            while running:
                await asyncio.wait(running, timeout=0.5)
                advance(tally.done)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _one(
    gate: asyncio.Semaphore,
    ask: Asker,
    made: World,
    name: str,
    act: Act,
    actor: Any,
    rng: random.Random,
    due: float,
) -> None:
    async with gate:
        try:
            await act(ask, made, actor, rng)
        except (Refused, Lost):
            pass  # counted where it came
        except Exception as error:  # a bug of the crowd's own: told at the end, never hidden
            ask.tally.broken(name, error)
        ask.tally.act(name, time.monotonic() - due)


def _draw(made: World, rng: random.Random) -> tuple[str, Act, Any]:
    """Draw an act and who does it: of twenty people sixteen are members, three clerks and one a merchant."""
    chance = rng.random()
    if chance < 0.05 and made.merchants:
        table, people = MERCHANT_ACTS, made.merchants
    elif chance < 0.2 and made.clerks:
        table, people = CLERK_ACTS, made.clerks  # type: ignore[assignment]  # each table has its own people
    else:
        table, people = MEMBER_ACTS, made.members  # type: ignore[assignment]  # as above
    name, act, _ = rng.choices(table, weights=[row[2] for row in table])[0]
    return name, act, rng.choice(people)


@contextlib.contextmanager
def _bar(plan: Plan, console: Console) -> Iterator[Callable[[int], None]]:
    """Show progress on a terminal; a log file gets none."""
    if not console.is_terminal:
        yield lambda done: None
        return
    total = plan.acts or (None if plan.duration_s is None else int(plan.duration_s * plan.rate))
    columns = (
        TextColumn("Playing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("acts"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=total)
        yield lambda done: progress.update(task, completed=done)
