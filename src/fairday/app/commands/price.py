"""`fairday price`: price a cart, or a campaign of many carts, from a file, without a server or a database."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from fairday.kernel import strict_json
from fairday.kernel.errors import Refusal
from fairday.promotions.engine import price
from fairday.promotions.engine.document import PriceIn
from fairday.promotions.engine.simulating import SimulateIn, simulate

FILE_BYTES_MAX = 512 * 1024 * 1024
_cart = msgspec.json.Decoder(PriceIn)
_campaign = msgspec.json.Decoder(SimulateIn)
_kind = msgspec.json.Decoder(dict[str, msgspec.Raw])


def answer(body: bytes) -> bytes:
    """Return the priced document: a cart's price, or what a campaign of `carts` comes to.

    Raises: BadJson, BadInput, BadPriceDocument.
    """
    try:
        is_campaign = "carts" in _kind.decode(body)
    except msgspec.MsgspecError:
        is_campaign = False
    if is_campaign:
        return strict_json.encode(simulate(strict_json.decode(body, _campaign)))
    return strict_json.encode(price(strict_json.decode(body, _cart)))


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(name="price")
    def command(
        file: Annotated[Path, typer.Argument(help="A price document as JSON; - reads standard input.")],
    ) -> None:
        """Price a document: who pays what for a cart, and why; or with `carts`, what a whole campaign costs whom.

        The document and its fields: docs/algorithms/pricing.md, docs/schemas/price-in.json.

        Example: [bold]fairday price docs/examples/golden.json[/]
        """
        try:
            body = sys.stdin.buffer.read(FILE_BYTES_MAX + 1) if str(file) == "-" else file.read_bytes()
        except OSError as error:
            print(f"fairday price: cannot read {file}: {error.strerror}", file=sys.stderr)
            raise typer.Exit(2) from None
        if len(body) > FILE_BYTES_MAX:
            print(f"fairday price: {file} is larger than {FILE_BYTES_MAX} bytes; split it", file=sys.stderr)
            raise typer.Exit(2)
        try:
            found = answer(body)
        except Refusal as refusal:
            print(f"fairday price: {refusal.sentence('en')}", file=sys.stderr)
            raise typer.Exit(2) from None
        print(msgspec.json.format(found, indent=1).decode())
