"""What the documents name exists: every link, every make target, every command, every setting."""

import re
from pathlib import Path

import pytest
import typer

from fairday.app import cli
from fairday.app.domains import DOMAINS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
SOURCE = "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))


def names(page: Path) -> str:
    return str(page.relative_to(ROOT))


def broken_links(page: Path, text: str) -> list[str]:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    return [link for link in links if not re.match(r"[a-z]+:", link) and not (page.parent / link).exists()]


def commands() -> set[str]:
    cli.register_commands()
    group = typer.main.get_command(cli.app)
    return set(group.commands)  # type: ignore[attr-defined]  # the root of several commands is a group


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_links_lead_somewhere(page: Path) -> None:
    assert broken_links(page, page.read_text("utf-8")) == []


def test_a_broken_link_is_seen() -> None:
    assert broken_links(ROOT / "README.md", "[x](docs/nowhere.md)") == ["docs/nowhere.md"]


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_commands_and_settings_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", text)) <= targets
    # In prose "fairday" is a word; as a command it stands in code.
    assert set(re.findall(r"(?:`|^)fairday ([a-z]+)", text, re.MULTILINE)) <= commands()
    settings = set(re.findall(r"FAIRDAY_[A-Z_]+[A-Z]", text))
    assert {name for name in settings if name not in SOURCE and name not in TEST_SETTINGS} == set()


TEST_SETTINGS = {"FAIRDAY_DATA", "FAIRDAY_TEST_DATABASE_URL"}


def test_paths_in_code_exist() -> None:
    for page in PAGES:
        for path in re.findall(
            r"`((?:src|tests|docs|bench|migrations|scripts)/[\w./-]+)`", page.read_text("utf-8")
        ):
            assert (ROOT / path).exists(), f"{names(page)} names {path}"


def test_the_map_names_every_domain() -> None:
    text = (ROOT / "docs" / "map.md").read_text("utf-8")
    assert [domain for domain in DOMAINS if f"## {domain}" not in text] == []
