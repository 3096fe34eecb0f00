"""Bind the fan-out to every event of the log."""

from fairday.webhooks import service

REACTIONS = [("webhooks-fan-out", None, service.fan_out)]
