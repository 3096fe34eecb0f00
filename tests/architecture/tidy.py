"""Check how our code reads; each check takes text and returns what is wrong with it, so that it can be shown failing."""

import ast
import re
from collections.abc import Iterator

LINES_MAX = 400
FUNCTION_LINES_MAX = 60
DOORS = {"service", "types", "events", "errors"}
"""What a domain may import of another."""

SPECIAL_DOORS = {("app", "*")}
BETTER = {
    "utils": "name what it does",
    "helper": "name what it does",
    "manager": "name the noun or the verb",
    "blacklist": "deny list",
    "whitelist": "allow list",
    "voucher": "coupon",
    "TODO": "do it or file an issue",
    "FIXME": "fix it",
    "XXX": "say it plainly",
}


def long_file(text: str) -> Iterator[str]:
    """Yield a complaint when the file is longer than 400 lines."""
    count = text.count("\n") + 1
    if count > LINES_MAX:
        yield f"has {count} lines; split it"


def long_functions(text: str) -> Iterator[str]:
    """Yield the functions longer than 60 lines."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            count = node.end_lineno - node.lineno + 1
            if count > FUNCTION_LINES_MAX:
                yield f"{node.name} has {count} lines"


def missing_docstrings(text: str) -> Iterator[str]:
    """Yield public modules, classes and functions without a docstring; properties and dunders may go without."""
    tree = ast.parse(text)
    if not ast.get_docstring(tree):
        yield "the module has no docstring"
    for node in tree.body:
        yield from _undocumented(node, "")


def _undocumented(node: ast.AST, owner: str) -> Iterator[str]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith(
        "_"
    ):
        return
    if not ast.get_docstring(node):
        yield f"{owner}{node.name} has no docstring"
    if isinstance(node, ast.ClassDef):
        for child in node.body:
            yield from _undocumented(child, f"{node.name}.")


def words(text: str) -> Iterator[str]:
    """Yield words that have a better alternative."""
    for word, better in BETTER.items():
        if re.search(rf"\b{word}\b", text):
            yield f"says {word!r}: {better}"


def side_doors(text: str, package: str) -> Iterator[str]:
    """Yield imports of another domain's inside; only its service, types, events and errors are doors."""
    for node in ast.walk(ast.parse(text)):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("fairday."):
            parts = node.module.split(".")
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names] if len(parts) == 2 else [node.module]
            )
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.startswith("fairday.")]
        for name in names:
            parts = name.split(".")
            if parts[1] in (package, "kernel") or len(parts) < 3:
                continue
            if parts[2] not in DOORS:
                yield f"imports {name}: go through its service, types, events or errors"


def float_money(text: str) -> Iterator[str]:
    """Yield float annotations on names of money."""
    for match in re.finditer(r"\b(\w*(?:_minor|_bp))\s*:\s*float", text):
        yield f"{match[1]} is a float"


def foreign_schemas(sql: str, own: str, domains: set[str]) -> Iterator[str]:
    """Yield schemas of other domains that a domain's SQL names."""
    code = re.sub(r"--[^\n]*", "", sql)
    tables = re.findall(
        r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|USING)\s+(?:ONLY\s+)?([a-z_]+)\.[a-z_]+", code, re.IGNORECASE
    )
    for schema in sorted(set(tables) & domains - {own}):
        yield f"names schema {schema}"
