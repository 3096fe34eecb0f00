"""Keep results: rows of name, value, unit and the limit of the same run, with machine, commit and date."""

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True)
class Row:
    """Hold one figure; `ratio` is value over limit."""

    name: str
    value: float
    unit: str
    limit_name: str
    limit_value: float
    note: str = ""

    @property
    def ratio(self) -> float:
        """Return value over limit."""
        return round(self.value / self.limit_value, 4) if self.limit_value else 0.0


def machine() -> dict[str, object]:
    """Describe the machine that measured."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        "",
    )
    memory_kb = int(Path("/proc/meminfo").read_text().split()[1])
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gb": round(memory_kb / 2**20, 1),
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def keep(rows: list[Row]) -> Path:
    """Write `rows` to bench/results/<date>-<commit>.json, beside rows of the same file measured before."""
    commit = (
        subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
        ).stdout.strip()
        or "none"
    )
    today = datetime.now(UTC)
    path = FOLDER / f"{today:%Y-%m-%d}-{commit}.json"
    before = json.loads(path.read_text())["rows"] if path.exists() else []
    names = {row.name for row in rows}
    kept = [row for row in before if row["name"] not in names] + [
        asdict(row) | {"ratio": row.ratio} for row in rows
    ]
    document = {
        "measured_at": today.isoformat(timespec="seconds"),
        "commit": commit,
        "machine": machine(),
        "rows": sorted(kept, key=lambda row: str(row["name"])),
    }
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
