"""React to sales, refunds, claims and redemptions: add them up over time."""

from fairday.reports import rules, service

REACTIONS = [(service.CONSUMER, rules.COUNTED, service.count)]
