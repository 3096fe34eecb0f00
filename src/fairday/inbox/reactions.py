"""React to what happens to a member's coupons, orders and red packets: tell it."""

from fairday.inbox import service

REACTIONS = [(service.CONSUMER, service.READ, service.tell)]
