"""Load named queries from a domain's `store.sql`: `-- name: claim_rows` begins a query, the text below it is its SQL.

The line after the name may say in a comment what the query is for. A test prepares every query against the
migrated schema, so a wrong column fails before any code runs.
"""

import re
from importlib.resources import files

_NAME = re.compile(r"^-- name: (?P<name>[a-z][a-z0-9_]*)\s*$", re.MULTILINE)


class Queries:
    """Hold the queries of one file, reached as attributes: `sql.claim_rows`."""

    def __init__(self, package: str, filename: str = "store.sql") -> None:
        text = files(package).joinpath(filename).read_text(encoding="utf-8")
        self.package = package
        self.by_name = parse(text)

    def __getattr__(self, name: str) -> str:
        try:
            return self.__dict__["by_name"][name]  # type: ignore[no-any-return]  # dict of str by construction
        except KeyError:
            raise AttributeError(f"no query named {name} in {self.__dict__['package']}") from None


def parse(text: str) -> dict[str, str]:
    """Split `text` into named queries, keeping their comments for the server's logs."""
    queries: dict[str, str] = {}
    marks = list(_NAME.finditer(text))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        end = following.start() if following else len(text)
        name = mark["name"]
        assert name not in queries, f"query {name} is named twice"
        queries[name] = text[mark.end() : end].strip().rstrip(";")
    return queries
