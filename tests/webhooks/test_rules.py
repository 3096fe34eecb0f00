"""Judge addresses, patterns, bodies and pauses at their boundaries; the address table is X27's sixty cases."""

import ipaddress
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from fairday.kernel.errors import Refusal
from fairday.kernel.events import Recorded
from fairday.webhooks import rules, transport
from fairday.webhooks.errors import HostNotFound, UrlNotAllowed
from fairday.webhooks.types import Attempt, DeliveryStatus, EndpointDraft

NOW = datetime(2026, 11, 11, tzinfo=UTC)

REFUSED = [
    # loopback in every spelling that some resolver reads
    "https://127.0.0.1/", "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f000001/",
    "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://017700000001/", "https://127.0.0.1./", "https://127.000.000.001/",
    "https://１２７.０.０.１/", "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/", "https://0/", "https://0.0.0.0/",
    "https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/", "https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://a.localhost/",
    # private, shared, link-local, cloud metadata
    "https://10.0.0.1/", "https://10.255.255.255/", "https://172.16.0.1/", "https://172.31.255.254/", "https://192.168.1.1/",
    "https://100.64.0.1/", "https://169.254.169.254/latest/meta-data", "https://[fe80::1]/", "https://[fe80::1%25eth0]/",
    "https://[fc00::1]/", "https://[fd00:ec2::254]/", "https://[fec0::1]/", "https://[::ffff:169.254.169.254]/",
    "https://[64:ff9b::a00:1]/", "https://[64:ff9b:1::1]/", "https://[2002:7f00:1::]/", "https://[2002:c0a8:101::1]/",
    "https://168.63.129.16/", "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    # reserved, documentation, multicast, broadcast
    "https://192.0.2.1/", "https://198.51.100.1/", "https://203.0.113.9/", "https://198.18.0.1/", "https://224.0.0.1/",
    "https://240.0.0.1/", "https://255.255.255.255/", "https://[ff02::1]/", "https://[2001:db8::1]/",
    # schemes, ports, shapes
    "http://shop.example.com/", "ftp://shop.example.com/", "file:///etc/passwd", "gopher://shop.example.com/",
    "https://shop.example.com:22/", "https://shop.example.com:8711/", "https://shop.example.com:99999/",
    "https://user:pw@shop.example.com/", "https://shop.example.com@127.0.0.1/", "https://shop.example.com\\@127.0.0.1/",
    "https://shop.example.com/#f", "https:///path", "https://shop/", "https://db.internal/", "https://printer.local/",
    "https://a b.example.com/", "https://shop.example.com/\r\nHost: x", "https://-bad.example.com/", "https://a..example.com/",
    "//shop.example.com/", "shop.example.com", "https://[::1", "https://1.2.3/", "https://256.1.1.1/", "https://0x08080808/",
]  # fmt: skip

ALLOWED = [
    "https://shop.example.com/hook?a=b", "https://shop.example.com:8443/", "https://8.8.8.8/", "https://1.1.1.1:443/x",
    "https://[2606:4700:4700::1111]/", "https://[::ffff:8.8.8.8]/", "https://商店.例子.com/", "https://172.32.0.1/",
    "https://192.167.255.255/", "https://11.0.0.0/", "https://100.128.0.0/", "https://169.253.255.255/",
]  # fmt: skip


async def judged(url: str) -> None:
    """Judge `url` as saving and sending do; names are answered by a resolver of ours, numbers by the system's."""
    target = rules.target_of(url)

    async def resolver(host: str, port: int) -> list[rules.Address]:
        try:
            return [ipaddress.ip_address(host)]
        except ValueError:
            return [ipaddress.ip_address("93.184.216.34")]

    await transport.checked_addresses(target, loopback=False, resolver=resolver)


def test_there_are_sixty_cases() -> None:
    assert len(set(REFUSED)) >= 60


@pytest.mark.parametrize("url", REFUSED)
async def test_private_or_odd_address_is_refused(url: str) -> None:
    with pytest.raises(UrlNotAllowed):
        await judged(url)


@pytest.mark.parametrize("url", ALLOWED)
async def test_public_address_is_allowed(url: str) -> None:
    await judged(url)


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["93.184.216.34", "10.0.0.1"],
        ["::1"],
        ["::ffff:10.0.0.1"],
        ["fe80::1"],
        ["169.254.169.254"],
    ],
)
async def test_name_that_leads_inside_is_refused(answers: list[str]) -> None:
    async def resolver(host: str, port: int) -> list[rules.Address]:
        return [ipaddress.ip_address(answer) for answer in answers]

    with pytest.raises(UrlNotAllowed):
        await transport.checked_addresses(
            rules.target_of("https://rebind.example.com/"), loopback=False, resolver=resolver
        )


async def test_name_without_address_is_refused() -> None:
    async def resolver(host: str, port: int) -> list[rules.Address]:
        return []

    with pytest.raises(HostNotFound):
        await transport.checked_addresses(
            rules.target_of("https://gone.example.com/"), loopback=False, resolver=resolver
        )


@pytest.mark.parametrize("number", ["2130706433", "0x7f.1", "0177.1", "127.1"])
async def test_numbers_that_the_system_resolver_reads_are_loopback(number: str) -> None:
    """Show why the check at sending stands on addresses and not on spelling alone."""
    found = await transport.resolve(number, 443)
    assert [str(address) for address in found] == ["127.0.0.1"]
    with pytest.raises(UrlNotAllowed):
        rules.refuse_private(found)


def test_loopback_is_allowed_only_by_name_and_only_for_itself() -> None:
    assert rules.target_of("http://127.0.0.1:9000/x", loopback=True).port == 9000
    for url in ("http://127.0.0.2:9000/", "http://10.0.0.1/", "http://localhost:9000/", "https://127.1/"):
        with pytest.raises(UrlNotAllowed):
            rules.target_of(url, loopback=True)
    with pytest.raises(UrlNotAllowed):
        rules.refuse_private([ipaddress.ip_address("10.0.0.1")], loopback=True)
    rules.refuse_private([ipaddress.ip_address("127.0.0.1")], loopback=True)


def test_every_address_of_this_machine_is_private_or_known() -> None:
    for row in socket.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM):
        assert not rules.is_public(ipaddress.ip_address(str(row[4][0])))


@pytest.mark.parametrize(
    ("patterns", "kind", "expected"),
    [
        (("*",), "orders.Paid", True),
        (("orders.*",), "orders.Paid", True),
        (("orders.Paid",), "orders.Paid", True),
        (("orders.Paid",), "orders.Placed", False),
        (("order.*",), "orders.Paid", False),
        (("coupons.*", "tills.Paired"), "tills.Paired", True),
    ],
)
def test_patterns(patterns: tuple[str, ...], kind: str, expected: bool) -> None:
    assert rules.wants(patterns, kind) is expected


@pytest.mark.parametrize(
    "pattern", ["orders", "orders.paid", "Orders.Paid", "orders.*.x", "", "*.*", "orders.Pa id"]
)
def test_bad_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"url": "https://x.example.com", "event_types": [pattern]}, EndpointDraft)


def recorded(merchant_id: str | None, kind: str = "orders.Paid", **data: Any) -> Recorded:
    """Build an event as read from the log."""
    return Recorded(1, 1, "evt_1", kind, "ord_1", merchant_id, NOW, NOW, data)


def test_merchant_sees_its_own_events_whole_and_shared_orders_in_part() -> None:
    own = recorded("mer_a", "tills.Paired", till_id="til_1")
    assert rules.seen_by("mer_a", own) == ("", own.data)
    assert rules.seen_by("mer_b", own) is None
    assert rules.seen_by(None, own) == ("", own.data)
    assert rules.seen_by("mer_a", recorded(None, "festivals.Published")) is None
    shared = recorded(
        None,
        order_id="ord_1",
        member_id="mem_1",
        total_minor=1000,
        currency="CNY",
        lines=[["sku_1", "mer_a", 1, 300], ["sku_2", "mer_b", 1, 700]],
    )
    seen = rules.seen_by("mer_a", shared)
    assert seen is not None
    audience, data = seen
    assert audience == "mer_a"
    assert data == {
        "order_id": "ord_1", "currency": "CNY", "merchant_id": "mer_a", "lines": [["sku_1", "mer_a", 1, 300]],
        "total_minor": 300,
    }  # fmt: skip
    assert rules.seen_by("mer_c", shared) is None
    assert rules.seen_by(None, shared) == ("", shared.data)


def test_body_is_a_cloudevent() -> None:
    event = recorded("mer_a", x=1)
    body = msgspec.json.decode(rules.body_of(event, event.data))
    assert body == {
        "specversion": "1.0", "id": "evt_1", "source": "urn:fairday", "type": "orders.Paid", "subject": "ord_1",
        "time": "2026-11-11T00:00:00Z", "datacontenttype": "application/json", "data": {"x": 1},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("failures", "chance", "seconds"),
    [
        (1, 0.0, 0.5),
        (1, 0.999999, 1.0),
        (2, 0.0, 1.0),
        (5, 0.0, 8.0),
        (15, 0.0, 8192.0),
        (16, 0.0, 10800.0),
        (999, 0.0, 10800.0),
    ],
)
def test_pauses_double_up_to_six_hours(failures: int, chance: float, seconds: float) -> None:
    assert rules.pause_after(failures, chance).total_seconds() == pytest.approx(seconds, rel=1e-3)


@pytest.mark.parametrize(
    ("status", "gives_up_in_us", "expected"),
    [
        (200, 1, DeliveryStatus.DELIVERED),
        (204, -1, DeliveryStatus.DELIVERED),
        (299, 0, DeliveryStatus.DELIVERED),
        (199, 1, DeliveryStatus.PENDING),
        (301, 1, DeliveryStatus.PENDING),
        (500, 1, DeliveryStatus.PENDING),
        (500, 0, DeliveryStatus.DEAD),
        (None, 1, DeliveryStatus.PENDING),
        (None, -1, DeliveryStatus.DEAD),
        (410, 1, DeliveryStatus.CANCELLED),
    ],
)
def test_verdicts_at_the_end_of_the_term(
    status: int | None, gives_up_in_us: int, expected: DeliveryStatus
) -> None:
    verdict = rules.judge(Attempt(status, None, 1), 0, NOW + timedelta(microseconds=gives_up_in_us), NOW)
    assert verdict.status is expected
    assert verdict.is_gone is (status == 410)
    assert verdict.failures == (0 if expected is DeliveryStatus.DELIVERED else 1)


def test_refusals_speak_both_languages() -> None:
    for kind in (UrlNotAllowed, HostNotFound):
        refusal: Refusal = kind(reason="x", host="h")
        assert refusal.sentence("zh") != refusal.sentence("en")
