"""`fairday simulate`: play a crowd against a running Fairday and say how it held."""

import asyncio
import signal
import subprocess
import sys
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from fairday.app.postgres import found
from fairday.app.settings import Settings, SetUpError
from fairday.app.simulate import crowd
from fairday.app.simulate.asking import Lost, Refused
from fairday.app.simulate.tally import Tally
from fairday.app.simulate.world import NotReadyError


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(name="simulate")
    def command(
        url: Annotated[
            str | None,
            typer.Option(help="Address of a running sandbox; without it this machine's at FAIRDAY_PORT."),
        ] = None,
        seed: Annotated[int, typer.Option(help="The same seed draws the same crowd.")] = 7,
        rate: Annotated[
            float, typer.Option(min=0.1, help="Acts a second; an act is one to four requests.")
        ] = 50.0,
        duration: Annotated[float, typer.Option(min=1, help="Seconds.")] = 60.0,
        actions: Annotated[int | None, typer.Option(min=1, help="Stop after so many acts instead.")] = None,
        members: Annotated[int, typer.Option(min=1, help="Members to make.")] = 1000,
        clerks: Annotated[int, typer.Option(min=0, help="Tills with a clerk.")] = 12,
        gentle: Annotated[bool, typer.Option("--gentle", help="A small crowd: a few acts a second.")] = False,
        forever: Annotated[bool, typer.Option("--forever", help="Until Ctrl-C.")] = False,
        login: Annotated[str | None, typer.Option(help="An operator's login; without it the demo's.")] = None,
        password: Annotated[str | None, typer.Option(envvar="FAIRDAY_PASSWORD", help="Its password.")] = None,
        check: Annotated[bool, typer.Option(help="Run `fairday check` at the end.")] = True,
    ) -> None:
        """Play members, clerks and merchants through the HTTP API, from this process, and print how it held.

        People arrive at a rate, however slow the answers are. Exit 1 when an answer came that must not come, or when an
        invariant is broken afterwards. Works on a sandbox (FAIRDAY_SANDBOX=1), which `fairday up` is.

        Example: [bold]fairday simulate --rate 200 --duration 60 --seed 7[/]
        """
        plan = crowd.Plan(
            url=url or f"http://127.0.0.1:{Settings.from_env().port}",
            seed=seed,
            rate=min(rate, 4.0) if gentle else rate,
            duration_s=None if forever or actions else duration,
            acts=actions,
            members=min(members, 60) if gentle else members,
            clerks=min(clerks, 4) if gentle else clerks,
            merchants=3 if gentle else 8,
            at_once=16 if gentle else 256,
            login=login,
            password=password,
        )
        raise typer.Exit(_run(plan, has_check=check and not forever))


def _run(plan: crowd.Plan, *, has_check: bool) -> int:
    console = Console()
    try:
        tally = uvloop.run(_play(plan, console))
    except NotReadyError as error:
        raise SetUpError("The crowd cannot play.", str(error)) from None
    except (Refused, Lost) as error:
        raise SetUpError(
            f"The crowd cannot get ready: {error}", "Is this a sandbox (FAIRDAY_SANDBOX=1)?"
        ) from None
    tally.show(console)
    is_broken = bool(tally.unexpected)
    if has_check:
        is_broken |= not _check(console)
    return 1 if is_broken else 0


async def _play(plan: crowd.Plan, console: Console) -> Tally:
    """Play until the plan's end or a signal; either way the tables come."""
    playing = asyncio.create_task(crowd.play(plan, console))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, playing.cancel)
    try:
        return await playing
    except asyncio.CancelledError:
        raise NotReadyError("It was stopped before it began.") from None


def _check(console: Console) -> bool:
    """Run `fairday check` where its database is known; return whether it held, or could not be asked."""
    try:
        is_known = found(Settings.from_env()).external_url is not None
    except SetUpError:
        is_known = False
    if not is_known:
        console.print("To check every invariant now, run `fairday check` where FAIRDAY_DATABASE_URL is set.")
        return True
    return subprocess.run([sys.executable, "-m", "fairday", "check"], check=False).returncode == 0
