"""React to what happens to a member's coupons and orders: tell it."""

from fairday.inbox import service

REACTIONS = [(service.CONSUMER, service.READ, service.tell)]
