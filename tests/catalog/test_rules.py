"""Prices, GTINs and terms at their exact boundaries."""

import pytest

from fairday.catalog import rules, terms
from fairday.catalog.seen import SeenKeys
from fairday.catalog.types import PhasePrice, PriceNow, Status
from tests.catalog.builders import sku_draft

A, B = PhasePrice("pha_a", 8_000), PhasePrice("pha_b", 7_000)


@pytest.mark.parametrize(
    ("regular", "phase_prices", "holding", "expected"),
    [
        (10_000, [], set(), PriceNow(10_000)),
        (10_000, [A], set(), PriceNow(10_000)),
        (10_000, [A], {"pha_a"}, PriceNow(8_000, "pha_a")),
        (10_000, [A], {"pha_other"}, PriceNow(10_000)),
        (10_000, [A, B], {"pha_a", "pha_b"}, PriceNow(7_000, "pha_b")),
        (10_000, [PhasePrice("pha_z", 7_000), B], {"pha_z", "pha_b"}, PriceNow(7_000, "pha_b")),
        (8_000, [A], {"pha_a"}, PriceNow(8_000)),
        (7_999, [A], {"pha_a"}, PriceNow(7_999)),
        (8_001, [A], {"pha_a"}, PriceNow(8_000, "pha_a")),
    ],
)
def test_the_price_is_a_function_of_sku_and_phases(
    regular: int, phase_prices: list[PhasePrice], holding: set[str], expected: PriceNow
) -> None:
    assert rules.price_now(regular, phase_prices, holding) == expected
    assert rules.price_now(regular, phase_prices[::-1], holding) == expected


@pytest.mark.parametrize(
    ("new", "last", "typo"),
    [
        (2_000, 10_000, False),
        (1_999, 10_000, True),
        (1, 5, False),
        (1, 6, True),
        (1, 0, False),
        (1, 1, False),
    ],
)
def test_a_price_under_a_fifth_needs_a_confirmation(new: int, last: int, typo: bool) -> None:
    assert rules.is_typo(new, last) is typo
    refusal = rules.judge_price(new, last, None, is_confirmed=False)
    assert (refusal is not None and refusal.code) == ("price_far_below" if typo else False)
    assert rules.judge_price(new, last, None, is_confirmed=True) is None


@pytest.mark.parametrize(
    ("new", "confirmed", "code"),
    [
        (10_000, False, None),
        (10_001, True, "phase_price_above_regular"),
        (2_000, False, None),
        (1_999, False, "price_far_below"),
        (1_999, True, None),
    ],
)
def test_a_phase_price_is_at_most_the_regular_one(new: int, confirmed: bool, code: str | None) -> None:
    refusal = rules.judge_phase_price(new, 10_000, is_confirmed=confirmed)
    assert (refusal.code if refusal else None) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"gtin": "6901234567892"}, None),
        ({"gtin": "6901234567893"}, "bad_gtin"),
        ({"currency": "XQQ"}, "unknown_currency"),
        ({"status": Status.LIVE, "price_minor": 0}, "price_missing"),
        ({"status": Status.DRAFT, "price_minor": 0}, None),
        ({"price_minor": 0}, None),
        ({"compare_at_minor": 10_000}, "compare_at_too_low"),
        ({"compare_at_minor": 10_001}, None),
        # Several refusals apply: the order of errors.py decides.
        ({"gtin": "6901234567893", "currency": "XQQ"}, "bad_gtin"),
    ],
)
def test_drafts(change: dict[str, object], code: str | None) -> None:
    refusal = rules.judge_draft(sku_draft(**change))
    assert (refusal.code if refusal else None) == code


@pytest.mark.parametrize(
    ("code", "good"),
    [
        ("73513537", True), ("012345678905", True), ("6901234567892", True), ("16901234567899", True),
        ("6901234567890", False), ("690123456789", False), ("123", False), ("", False), ("690123456789２", False), ("ABCDEFGH", False),
    ],
)  # fmt: skip
def test_gtin_check_digits(code: str, good: bool) -> None:
    assert rules.is_gtin(code) is good


def test_a_sku_is_live_only_when_its_product_is() -> None:
    draft, live, archived = Status.DRAFT, Status.LIVE, Status.ARCHIVED
    assert rules.both(live, live) is live
    assert rules.both(live, draft) is rules.both(draft, live) is draft
    assert rules.both(archived, live) is rules.both(live, archived) is rules.both(draft, archived) is archived


def test_the_name_on_an_order_carries_the_options_in_their_order() -> None:
    assert rules.sku_name("T恤", {"颜色": "红", "尺码": "L"}) == "T恤 红 / L"
    assert rules.sku_name("T恤", {}) == "T恤"


def lexemes(text: str) -> set[str]:
    return {term.partition(":")[0] for term in terms.vector(text, None, None, None).split()}


def test_chinese_is_found_by_words_pairs_and_trade_words() -> None:
    assert {"双十一", "手机壳", "手机", "一新"} <= lexemes("双十一新款手机壳")
    assert terms.query("双十一") == "双十 & 十一"
    assert terms.query("壳") == "壳:*"


@pytest.mark.parametrize("text", ["双十一新款苹果手机壳", "螺蛳粉", "龘靐齉", "定金膨胀预售", "可"])
def test_any_piece_of_an_indexed_run_matches_it(text: str) -> None:
    held = lexemes(text)
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            query = terms.query(text[start:end])
            assert query
            for term in query.split(" & "):
                prefix = term.removesuffix(":*")
                assert prefix in held or (term.endswith(":*") and any(one.startswith(prefix) for one in held))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Choc", "choc:*"), ("ＩＰＨＯＮＥ１５", "iphone15:*"), ("Crème Brûlée", "creme:* & brulee:*"), ("a", "a"), ("", None),
        ("  !!! & | ' :* \\ ", None), ("双11", "双:* & 11:*"), ("O'Neill", "o & neill:*"), ("x " * 40, "x"),
        (" ".join(f"w{n}" for n in range(30)), " & ".join(f"w{n}:*" for n in range(12))),
    ],
)  # fmt: skip
def test_queries(text: str, query: str | None) -> None:
    assert terms.query(text) == query


def test_seen_keys_hold_what_they_were_given() -> None:
    seen = SeenKeys()
    keys = [f"key-{n}" for n in range(20_000)]
    assert all(seen.add(key) for key in keys)
    assert not any(seen.add(key) for key in keys)
    assert all(key in seen for key in keys)
    assert "key-20000" not in seen
