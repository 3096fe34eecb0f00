"""Pages and their files: an application answers its own addresses, files come compressed, nothing outside is served."""

from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest


def fetch(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urlopen(Request(url, headers=headers), timeout=5) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as error:
        return error.code, dict(error.headers), error.read()


@pytest.mark.parametrize("app", ["shop", "till", "console"])
def test_an_application_answers_its_own_addresses(server_url: str, app: str) -> None:
    status, headers, body = fetch(f"{server_url}/{app}/orders/ord_1")
    assert status == 200
    assert b'<div id="app">' in body
    assert "script-src 'self' 'wasm-unsafe-eval'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-cache"
    assert fetch(f"{server_url}/{app}/orders/nothing.js")[0] == 404


def test_an_application_without_its_slash_is_sent_on(server_url: str) -> None:
    status, _, body = fetch(f"{server_url}/shop?lang=en")
    assert (status, b'<div id="app">' in body) == (200, True)


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "br"), ("gzip", "gzip"), ("identity", None)])
def test_files_come_in_the_best_encoding(server_url: str, accepted: str, encoding: str | None) -> None:
    _, headers, _ = fetch(f"{server_url}/screen", **{"accept-encoding": accepted})
    assert headers.get("content-encoding") == encoding
    assert headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "path", ["/../pyproject.toml", "/..%2f..%2fsettings.py", "/shop/../../main.py", "/%00"]
)
def test_nothing_outside_is_served(server_url: str, path: str) -> None:
    assert fetch(f"{server_url}{path}")[0] in (400, 404)
