"""Match receipt lines to SKUs of the catalogue: by GTIN, else by the merchant's own id, else by the very same name."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from fairday.catalog import service as catalog
from fairday.kernel.tx import Tx
from fairday.receipts.rules import normal_name
from fairday.receipts.types import Match, ReceiptLine

PART = 5000


class Matcher:
    """Remember what a file's products were matched to; `learn` reads the catalogue once, `match` is pure."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id
        self._by_gtin: dict[str, str] = {}
        self._by_external_id: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        self._normal: dict[str, str] = {}

    async def learn(self, tx: Tx, lines: Iterable[ReceiptLine]) -> None:
        """Look up the products of `lines`, names only where nothing better is known."""
        gtins: set[str] = set()
        ids: set[str] = set()
        products: dict[tuple[str | None, str | None, str], ReceiptLine] = {}
        for line in lines:
            if line.gtin:
                gtins.add(line.gtin)
            if line.sku_external_id:
                ids.add(line.sku_external_id)
            products.setdefault((line.gtin, line.sku_external_id, line.name), line)
        for one in _parts(sorted(gtins)):
            found = await catalog.skus_by_gtin(tx, self._merchant_id, one)
            self._by_gtin |= {gtin: sku.sku_id for gtin, sku in found.items()}
        for one in _parts(sorted(ids)):
            found = await catalog.skus_by_external_id(tx, self._merchant_id, one)
            self._by_external_id |= {external_id: sku.sku_id for external_id, sku in found.items()}
        names = {self._name(line) for line in products.values() if line.name and self._find(line) is None}
        self._by_name = await catalog.sku_ids_by_name(tx, self._merchant_id, sorted(names))

    def match(self, line: ReceiptLine) -> ReceiptLine:
        """Return `line` with its SKU and how it was found."""
        found = self._find(line)
        if found is None:
            return line
        match, sku_id = found
        return msgspec.structs.replace(line, sku_id=sku_id, match=match)

    def _find(self, line: ReceiptLine) -> tuple[Match, str] | None:
        for match, known, key in (
            (Match.GTIN, self._by_gtin, line.gtin),
            (Match.SKU_ID, self._by_external_id, line.sku_external_id),
        ):
            if key and key in known:
                return match, known[key]
        sku_id = self._by_name.get(self._name(line)) if line.name else None
        return None if sku_id is None else (Match.NAME, sku_id)

    def _name(self, line: ReceiptLine) -> str:
        name = self._normal.get(line.name)
        if name is None:
            name = self._normal[line.name] = normal_name(line.name)
        return name


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + PART] for start in range(0, len(keys), PART))
