"""`fairday verify`: prove the published log of a flash sale, without a server or a database."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from fairday.flashsales import log
from fairday.flashsales.types import FlashLogPage


def lines_of(text: str) -> list[str]:
    """Return the lines of a log, whether it is one JSON object a line or the answers of the API, one a line."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith('{"lines":'):
            lines += msgspec.json.decode(line, type=FlashLogPage).lines
        elif line.strip():
            lines.append(line)
    return lines


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def verify(
        file: Annotated[Path, typer.Argument(help="The log as it was published; - reads standard input.")],
    ) -> None:
        """Prove who came first in a flash sale: every hash, every place, every step of the published log.

        Ends with 1 and names the line where the first fault is.

        Example: [bold]curl -s http://127.0.0.1:8111/v1/flash-sales/fls_.../log | fairday verify -[/]
        """
        try:
            text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
            lines = lines_of(text)
        except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
            print(f"fairday verify: cannot read {file}: {error}", file=sys.stderr)
            raise typer.Exit(2) from None
        fault = log.faults(lines)
        if fault is not None:
            print(f"fairday verify: line {fault.number}: {fault.what}", file=sys.stderr)
            raise typer.Exit(1)
        head = lines[-1][-66:-2]
        print(f"The log is whole: {len(lines)} lines, last hash {head}.")
