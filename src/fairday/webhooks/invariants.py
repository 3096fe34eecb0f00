"""State what must always hold of deliveries."""

from fairday.kernel.invariants import Invariant

_ENDPOINT = (
    "INSERT INTO webhooks.endpoint (endpoint_id, url, description, event_types, secret, made_at, status, last_sequence)"
    " VALUES ('whk_bad', 'https://x.example.com', '', '{*}', 'whsec_x', clock_timestamp(), '{status}', 1);"
)
_DELIVERY = (
    "INSERT INTO webhooks.delivery (endpoint_id, sequence, event_id, audience, type, gives_up_at, status)"
    " VALUES ('whk_bad', {sequence}, 'evt_bad', '', 'x.Y', clock_timestamp(), 'pending');"
)
_MESSAGE = (
    "INSERT INTO webhooks.message (event_id, audience, type, body) VALUES ('evt_bad', '', 'x.Y', '{}');"
)

INVARIANTS = [
    Invariant(
        "I53",
        "every message that waits has a live endpoint and a body",
        "SELECT d.endpoint_id, d.sequence FROM webhooks.delivery d"
        " JOIN webhooks.endpoint e ON e.endpoint_id = d.endpoint_id"
        " LEFT JOIN webhooks.message m ON (m.event_id, m.audience) = (d.event_id, d.audience)"
        " WHERE d.status = 'pending' AND (e.status = 'deleted' OR m.event_id IS NULL)",
        _ENDPOINT.replace("{status}", "deleted") + _DELIVERY.format(sequence=1) + _MESSAGE,
    ),
    Invariant(
        "I55",
        "no delivery stands beyond its endpoint's last place",
        "SELECT d.endpoint_id, d.sequence FROM webhooks.delivery d"
        " JOIN webhooks.endpoint e ON e.endpoint_id = d.endpoint_id WHERE d.sequence > e.last_sequence",
        _ENDPOINT.replace("{status}", "active") + _DELIVERY.format(sequence=2) + _MESSAGE,
    ),
]
