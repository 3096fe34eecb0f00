"""Logs tell where something broke and never what was in its variables."""

import pytest
import structlog

from fairday.kernel import logs


def test_a_traceback_carries_no_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    logs.configure()
    try:
        token = "fds_" + "hush"
        try:
            raise ValueError(len(token))
        except ValueError:
            structlog.get_logger().exception("broke")
    finally:
        structlog.configure(**before)
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "test_a_traceback_carries_no_local_variables" in said
    assert "fds_hush" not in said
