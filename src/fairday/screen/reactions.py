"""React to what is sold, claimed, redeemed and registered: count it."""

from fairday.screen import rules, service

REACTIONS = [(service.CONSUMER, rules.COUNTED, service.count)]
