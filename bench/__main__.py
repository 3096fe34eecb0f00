"""Run `python -m bench [name ...]`: measure, print a table, keep the rows in bench/results/."""

import sys
import time
from importlib import import_module

from bench.results import Row, keep

MODULES = (
    "pricing", "claims", "orders", "flash", "packets", "imports", "nearest", "search", "offline", "scan", "screen", "lighthouse", "inp", "axe",
    "startup",
)  # fmt: skip


def main() -> None:
    """Measure the named benchmarks, or all."""
    wanted = sys.argv[1:] or list(MODULES)
    rows: list[Row] = []
    for name in wanted:
        started = time.perf_counter()
        print(f"{name} ...", flush=True)
        found = import_module(f"bench.{name}").measure()
        for row in found:
            print(
                f"  {row.name:24} {row.value:>12,.1f} {row.unit:10} {row.ratio:6.3f} of {row.limit_name} ({row.limit_value:,.1f}) {row.note}"
            )
        print(f"  took {time.perf_counter() - started:.0f} s", flush=True)
        rows += found
        keep(rows)
    print(f"kept in {keep(rows)}")


if __name__ == "__main__":
    main()
