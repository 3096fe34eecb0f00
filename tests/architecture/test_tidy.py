"""The house stays tidy: sizes, docstrings, words, doors between the rooms; each check can turn red."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from fairday.app.domains import DOMAINS
from tests.architecture import tidy

Check = Callable[[str], Iterable[str]]
ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src" / "fairday").rglob("*.py"))


def complaints(check: Check, paths: list[Path]) -> list[str]:
    return [f"{path.relative_to(ROOT)}: {what}" for path in paths for what in check(path.read_text("utf-8"))]


@pytest.mark.parametrize(
    "check", [tidy.long_file, tidy.long_functions, tidy.missing_docstrings, tidy.words, tidy.float_money]
)
def test_sources_are_tidy(check: Check) -> None:
    assert complaints(check, SOURCES) == []


@pytest.mark.parametrize("check", [tidy.long_file, tidy.long_functions])
def test_tests_are_short_too(check: Check) -> None:
    assert complaints(check, sorted((ROOT / "tests").rglob("*.py"))) == []


@pytest.mark.parametrize(
    ("check", "bad"),
    [
        (tidy.long_file, "x = 1\n" * 401),
        (tidy.long_functions, "def f():\n" + "    x = 1\n" * 61),
        (tidy.missing_docstrings, '"""Say."""\ndef f():\n    pass\n'),
        (tidy.missing_docstrings, "x = 1\n"),
        (tidy.words, "# a helper\n"),
        (tidy.float_money, "price_minor: float = 1.0\n"),
    ],
)
def test_each_tidy_check_can_fail(check: Check, bad: str) -> None:
    assert list(check(bad))


def by_domain() -> Iterator[tuple[str, Path]]:
    for path in SOURCES:
        package = path.relative_to(ROOT / "src" / "fairday").parts[0]
        if package in DOMAINS:
            yield package, path


def test_rooms_are_entered_by_their_doors() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {w}"
        for package, path in by_domain()
        for w in tidy.side_doors(path.read_text("utf-8"), package)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    ["from fairday.stock.store import x", "import fairday.stock.rules", "from fairday.stock import store"],
)
def test_a_side_door_is_seen(line: str) -> None:
    assert list(tidy.side_doors(line, "orders"))
    assert not list(tidy.side_doors("from fairday.stock import service as stock", "orders"))


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_explains_itself(domain: str) -> None:
    text = (ROOT / "src" / "fairday" / domain / "__init__.py").read_text("utf-8")
    doc = ast.get_docstring(ast.parse(text)) or ""
    for word in ("Owns", "Promises", "Calls", "Announces"):
        assert re.search(rf"^{word}", doc, re.MULTILINE), f"{domain}: no line {word}"
    assert len(ast.parse(text).body) == 1, f"{domain}/__init__.py holds more than its docstring"


def test_import_contracts_hold() -> None:
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-3000:]


def test_an_upward_import_breaks_the_contract(tmp_path: Path) -> None:
    package = tmp_path / "fairday"
    for name in ("app", *DOMAINS, "kernel"):
        (package / name).mkdir(parents=True)
        (package / name / "__init__.py").write_text("")
        (package / name / "rules.py").write_text("")
    for name in ("tx", "sql", "outbox", "http"):
        (package / "kernel" / f"{name}.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "stock" / "__init__.py").write_text("import fairday.checkout\n")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"))
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tmp_path, env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 1, result.stdout[-2000:] + result.stderr[-2000:]
    assert "BROKEN" in result.stdout
