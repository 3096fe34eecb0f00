"""Read the few settings from the environment once, and refuse a bad value with the way out."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_PORT = 8711
BODY_CEILING = 32 * 1024 * 1024  # an import file; every other route has a far smaller bound of its own
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


class SetUpError(Exception):
    """Say why Fairday cannot start, and what the person can do; printed without a traceback."""

    def __init__(self, what: str, way_out: str) -> None:
        super().__init__(f"{what}\n{way_out}")
        self.what = what
        self.way_out = way_out


class SettingError(SetUpError):
    """Refuse the value of one environment variable."""

    def __init__(self, name: str, value: str, expected: str) -> None:
        super().__init__(
            f"{name}={value!r} is not {expected}.", f"Set {name} to {expected}, or leave it unset."
        )
        self.name = name


@dataclass(frozen=True, slots=True)
class Settings:
    """Hold what a process of Fairday is told from outside; everything else is decided in code.

    `home` holds the data, logs and pid records. `external_url` is None when the embedded PostgreSQL is meant.
    `port_is_default` tells that nobody asked for this port, so another free one will do as well.
    `pool_size` is the connections of one web worker: with all workers they stay below the embedded server's 60.
    `tls` is the certificate chain and its key, when our own workers speak HTTPS.
    `origins` are the addresses by which people open the pages; passkeys work on these.
    `sandbox` allows the jump of the festival clock and shows SMS codes: never on for a real festival.
    """

    home: Path
    external_url: str | None
    host: str
    port: int
    port_is_default: bool
    workers: int
    sandbox: bool
    log_level: str
    pool_size: int
    connections_max: int
    body_max: int
    origins: tuple[str, ...] = ("http://localhost:8711",)
    tls: tuple[Path, Path] | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Read FAIRDAY_* from `env`. Raises: SettingError for the first value that cannot be used."""
        home = Path(env.get("FAIRDAY_HOME") or "~/.fairday").expanduser().absolute()
        if home.exists() and not home.is_dir():
            raise SettingError("FAIRDAY_HOME", str(home), "a folder")
        workers = _int(env, "FAIRDAY_WORKERS", 2, 1, 64)
        return cls(
            home=home,
            external_url=_url(env),
            host=env.get("FAIRDAY_HOST") or "127.0.0.1",
            port=_int(env, "FAIRDAY_PORT", DEFAULT_PORT, 1, 65535),
            port_is_default=not env.get("FAIRDAY_PORT"),
            workers=workers,
            sandbox=_bool(env, "FAIRDAY_SANDBOX", default=False),
            log_level=_level(env),
            pool_size=_int(env, "FAIRDAY_POOL_SIZE", max(2, min(10, 40 // workers)), 1, 500),
            connections_max=_int(env, "FAIRDAY_CONNECTIONS_MAX", 4096, 1, 1_000_000),
            body_max=_int(env, "FAIRDAY_BODY_MAX", BODY_CEILING, 1024, BODY_CEILING),
            origins=_origins(env),
            tls=_tls(env),
        )

    @property
    def database_url(self) -> str:
        """Return the database's address. Raises: SetUpError when none is known."""
        if self.external_url is None:
            raise SetUpError(
                "No database is set, and the embedded one does not run.",
                "Start everything with `fairday up`, or set FAIRDAY_DATABASE_URL to a PostgreSQL 15 or newer.",
            )
        return self.external_url


def _url(env: Mapping[str, str]) -> str | None:
    value = env.get("FAIRDAY_DATABASE_URL")
    if not value:
        return None
    scheme = urlsplit(value).scheme
    if scheme not in ("postgresql", "postgres"):
        shown = f"{scheme}://..."  # the rest may hold a password
        raise SettingError("FAIRDAY_DATABASE_URL", shown, "like postgresql://user:secret@host/database")
    return value


def _tls(env: Mapping[str, str]) -> tuple[Path, Path] | None:
    names = ("FAIRDAY_TLS_CERT", "FAIRDAY_TLS_KEY")
    paths = [Path(env[name]) for name in names if env.get(name)]
    if not paths:
        return None
    for name, path in zip(names, [*paths, Path()], strict=False):
        if not path.is_file():
            raise SettingError(
                name, str(path), "a file, beside the other of FAIRDAY_TLS_CERT and FAIRDAY_TLS_KEY"
            )
    return paths[0], paths[1]


def _origins(env: Mapping[str, str]) -> tuple[str, ...]:
    """Return the origins named by FAIRDAY_ORIGINS (with commas between), else localhost on our port."""
    value = env.get("FAIRDAY_ORIGINS") or f"http://localhost:{env.get('FAIRDAY_PORT') or DEFAULT_PORT}"
    origins = tuple(one.strip() for one in value.split(","))
    for origin in origins:
        parts = urlsplit(origin)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "localhost")
        if not (is_safe and parts.hostname and origin == f"{parts.scheme}://{parts.netloc}"):
            raise SettingError("FAIRDAY_ORIGINS", value, "like https://shop.example,http://localhost:8711")
    return origins


def _int(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    value = env.get(name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and low <= int(value[:12]) <= high):
        raise SettingError(name, value, f"a whole number from {low} to {high}")
    return int(value)


def _bool(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = (env.get(name) or "").lower()
    if value in _YES:
        return True
    if value in _NO:
        return False
    if value:
        raise SettingError(name, value, "1 or 0")
    return default


def _level(env: Mapping[str, str]) -> str:
    value = (env.get("FAIRDAY_LOG") or "INFO").upper()
    if value not in LEVELS:
        raise SettingError("FAIRDAY_LOG", value, "one of " + ", ".join(LEVELS))
    return value
