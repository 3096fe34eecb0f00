"""Offer the commands of `fairday`; each teaches itself with `--help`.

Further commands live in `fairday.app.commands`, one module each with a function `register(app)`; a new module there is
found by itself.
"""

import asyncio
import os
import pkgutil
import sys
from functools import partial
from importlib import import_module
from typing import Annotated

import typer

from fairday.app import commands
from fairday.app.processes import watch_lifeline
from fairday.app.settings import Settings, SetUpError

say = partial(print, flush=True)
app = typer.Typer(
    name="fairday",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Run a shopping festival across the internet and the street.\n\n"
    "Begin with [bold]fairday up[/]: it starts everything and prints where to look.\n\n"
    "Settings come from the environment: FAIRDAY_HOME (~/.fairday), FAIRDAY_DATABASE_URL (unset: the embedded"
    " PostgreSQL), FAIRDAY_HOST (127.0.0.1), FAIRDAY_PORT (8711), FAIRDAY_WORKERS (2), FAIRDAY_SANDBOX (0),"
    " FAIRDAY_LOG (INFO).",
)


@app.command()
def up(
    crowd: Annotated[bool, typer.Option(help="Let a gentle crowd of simulated people play.")] = True,
    lan: Annotated[
        bool, typer.Option(help="Serve HTTPS to phones and tills in your network too; shows QR codes.")
    ] = False,
) -> None:
    """Start everything here: database, demo city, web workers, worker, crowd. Ctrl-C stops it and keeps the data.

    Example: [bold]fairday up --lan[/]

    Example: [bold]FAIRDAY_DATABASE_URL=postgresql://me:secret@db/fairday fairday up --no-crowd[/]
    """
    from fairday.app import up as everything  # noqa: PLC0415 - a web worker's start need not pay for it

    settings = Settings.from_env({"FAIRDAY_SANDBOX": "1", **os.environ})
    plan = everything.Plan(has_crowd=crowd, has_lan=lan)
    asyncio.run(everything.run(settings, plan, say))


@app.command()
def serve(
    factory: Annotated[str, typer.Option(hidden=True)] = "fairday.app.main:create_app",
) -> None:
    """Run the web workers alone: FAIRDAY_WORKERS processes on one port; SIGTERM lets requests finish.

    Example: [bold]FAIRDAY_WORKERS=4 FAIRDAY_HOST=0.0.0.0 fairday serve[/]
    """
    from fairday.app import serve as web  # noqa: PLC0415 - loaded only by the command that needs it

    asyncio.run(web.run(_settings(), say, factory))


@app.command()
def worker() -> None:
    """Run what happens in the background: reactions to events, expiries, webhooks.

    Example: [bold]fairday worker[/]
    """
    from fairday.app.worker import run  # noqa: PLC0415 - loaded only by the command that needs it

    asyncio.run(run(_settings()))


@app.command()
def migrate() -> None:
    """Bring the database's schema up to date; safe to run again and from several machines at once.

    Example: [bold]FAIRDAY_DATABASE_URL=postgresql://me:secret@db/fairday fairday migrate[/]
    """
    from fairday.kernel.migrate import migrate as apply  # noqa: PLC0415 - loaded only by the command that needs it

    applied = asyncio.run(apply(_settings().database_url))
    say("\n".join(f"applied {name}" for name in applied) or "The schema is up to date.")


def register_commands() -> None:
    """Add the commands of `fairday.app.commands` to the command line."""
    for module in pkgutil.iter_modules(commands.__path__):
        import_module(f"{commands.__name__}.{module.name}").register(app)


def main() -> None:
    """Run the command of the command line; what a person can mend is said without a traceback."""
    watch_lifeline()
    register_commands()
    try:
        app()
    except SetUpError as error:
        print(f"\n{error.what}\n→ {error.way_out}", file=sys.stderr)
        sys.exit(1)


def _settings() -> Settings:
    """Return the settings, with the address of the running embedded database where none was named."""
    from fairday.app.postgres import found  # noqa: PLC0415 - loaded only by the command that needs it

    return found(Settings.from_env())
