"""What members do with red packets: send one from the wallet, open those that go around, look who had what."""

import random
from typing import Any

from fairday.app.simulate.asking import Asker, Refused
from fairday.app.simulate.world import CURRENCY, Member, World

GOING_AROUND = 12
"""Packets that the crowd hands on at a time."""


async def send_packet(ask: Asker, world: World, member: Member, rng: random.Random) -> None:
    """Send a packet of a few yuan to everybody, now and then to a few by name only."""
    body: dict[str, Any] = {
        "total_minor": rng.randint(100, 8_888),
        "shares_count": rng.choice((1, 3, 6, 10, 20)),
        "mode": rng.choice(("lucky", "lucky", "equal")),
        "message": rng.choice(("恭喜发财", "节日快乐", "辛苦啦", "Cheers!")),
        "currency": CURRENCY,
    }
    if rng.random() < 0.2:
        body["member_ids"] = sorted({one.member_id for one in rng.sample(world.members, 3)})
    made = await ask.ask("send packet", "POST", "/red-packets", token=member.token, body=body)
    world.packet_ids = [*world.packet_ids, made["packet_id"]][-GOING_AROUND:]


async def open_packet(ask: Asker, world: World, member: Member, rng: random.Random) -> None:
    """Open a packet that goes around; who is late or had a share looks at the list."""
    if not world.packet_ids:
        await send_packet(ask, world, member, rng)
        return
    path = f"/red-packets/{rng.choice(world.packet_ids)}"
    try:
        await ask.ask("open packet", "POST", f"{path}/grabs", token=member.token)
    except Refused as refused:
        if refused.code not in ("packet_all_gone", "packet_already_grabbed"):
            raise
    shown = await ask.ask("packet", "GET", path, token=member.token)
    lines = (await ask.ask("packet list", "GET", f"{path}/grabs", token=member.token, limit=100))["items"]
    assert len(lines) >= shown["taken_count"], (shown, lines)
    if shown["taken_minor"] is not None and len(lines) == shown["taken_count"]:
        assert sum(line["amount_minor"] for line in lines) == shown["taken_minor"], (shown, lines)
