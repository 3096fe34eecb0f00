"""Settings come from the environment, and a bad value says what would be good."""

from pathlib import Path

import pytest

from fairday.app.settings import BODY_CEILING, SettingError, Settings


def test_defaults_suit_one_machine() -> None:
    settings = Settings.from_env({})
    assert settings.home == Path("~/.fairday").expanduser()
    assert (settings.host, settings.port, settings.port_is_default) == ("127.0.0.1", 8711, True)
    assert (settings.workers, settings.sandbox, settings.external_url) == (2, False, None)


def test_values_are_read() -> None:
    settings = Settings.from_env(
        {"FAIRDAY_PORT": "9000", "FAIRDAY_SANDBOX": "yes", "FAIRDAY_LOG": "debug", "FAIRDAY_WORKERS": "4"}
    )
    assert (settings.port, settings.port_is_default) == (9000, False)
    assert (settings.sandbox, settings.log_level, settings.workers) == (True, "DEBUG", 4)


def test_pools_of_all_workers_stay_below_the_embedded_servers_connections() -> None:
    for workers in range(1, 21):
        settings = Settings.from_env({"FAIRDAY_WORKERS": str(workers)})
        assert settings.pool_size * workers <= 40


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("FAIRDAY_PORT", "0", "from 1 to 65535"),
        ("FAIRDAY_PORT", "65536", "from 1 to 65535"),
        ("FAIRDAY_PORT", "８７１１", "from 1 to 65535"),
        ("FAIRDAY_PORT", "9" * 30, "from 1 to 65535"),
        ("FAIRDAY_WORKERS", "two", "from 1 to 64"),
        ("FAIRDAY_SANDBOX", "perhaps", "1 or 0"),
        ("FAIRDAY_LOG", "LOUD", "DEBUG"),
        ("FAIRDAY_DATABASE_URL", "mysql://db", "postgresql://"),
        ("FAIRDAY_BODY_MAX", str(BODY_CEILING + 1), str(BODY_CEILING)),
        ("FAIRDAY_HOME", "/dev/null", "a folder"),
        ("FAIRDAY_ORIGINS", "http://shop.example", "https://shop.example"),
        ("FAIRDAY_ORIGINS", "https://shop.example/", "https://shop.example"),
        ("FAIRDAY_ORIGINS", "https://shop.example,", "https://shop.example"),
        ("FAIRDAY_TLS_CERT", "/nowhere.crt", "a file"),
        ("FAIRDAY_TLS_CERT", __file__, "a file"),
    ],
)
def test_bad_value_is_refused_with_what_would_be_good(name: str, value: str, hint: str) -> None:
    with pytest.raises(SettingError) as refused:
        Settings.from_env({name: value})
    assert name in refused.value.what
    assert hint in str(refused.value)


def test_secret_of_a_database_url_is_not_shown() -> None:
    with pytest.raises(SettingError) as refused:
        Settings.from_env({"FAIRDAY_DATABASE_URL": "postgress://me:hunter2@db/x"})
    assert "hunter2" not in str(refused.value)


def test_passkeys_work_on_localhost_or_where_one_says() -> None:
    assert Settings.from_env({"FAIRDAY_PORT": "9000"}).origins == ("http://localhost:9000",)
    named = "https://shop.example, http://localhost:9000"
    assert Settings.from_env({"FAIRDAY_ORIGINS": named}).origins == (
        "https://shop.example",
        "http://localhost:9000",
    )
