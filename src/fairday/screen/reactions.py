"""React to what is sold, claimed, redeemed and registered: count it; and note what a wall shows beside."""

from fairday.screen import rules, service, wall

REACTIONS = [
    (service.CONSUMER, rules.COUNTED, service.count),
    ("screen-wall", wall.WATCHED, service.watch),
]
