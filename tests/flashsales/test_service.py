"""Flash sales in a transaction that is rolled back: places, waitlist, holds, orders, the end. Source: R44, R48, R49, I13, I17."""

from datetime import datetime, timedelta

import pytest

from fairday.checkout import service as checkout
from fairday.checkout.errors import PriceChanged, WalletTooLow
from fairday.checkout.types import FlashOrderBody, OrderWin
from fairday.flashsales import log, service
from fairday.flashsales.errors import BadFlashSale, FlashSoldOut, NoWin
from fairday.flashsales.types import EnterRequest, EntryState, FlashLabel, FlashStatus
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.orders.types import Order
from fairday.stock.errors import OutOfStock
from tests.checkout import city
from tests.checkout.asking import free, wallet
from tests.flashsales.selling import entered, holds, opened, published, states

Now = datetime


def win(sale_id: str, member_id: str, total: int = 5_000) -> OrderWin:
    return OrderWin(sale_id=sale_id, member_id=member_id, body=FlashOrderBody(expected_total_minor=total))


async def test_the_first_get_places_the_next_wait_and_the_rest_hear_that_it_is_gone(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000], on_hand=10)
    people = await city.shoppers(tx, now, 7, 20_000)
    sale = await opened(tx, now, shop, waitlist_max=2)
    assert await free(tx, shop) == 7
    first = await entered(tx, now, sale, people[:2])
    more = await entered(tx, now, sale, [people[0], *people[2:], people[3]])
    assert states(first) == ["won", "won"]
    assert states(more) == [
        "again won",
        "won",
        "waiting",
        "waiting",
        "flash_sold_out",
        "flash_sold_out",
        "again waiting",
    ]
    assert [one.place for one in (*first, more[1], more[2], more[3])] == [1, 2, 3, 4, 5]
    assert [one.ahead for one in more[2:4]] == [0, 1]
    shown = service.seen([await service.get(tx, sale.sale_id)], now)[0]
    assert (shown.label, shown.won_count, shown.waiting_count) == (FlashLabel.SOLD_OUT, 3, 2)
    assert (await service.mine(tx, sale.sale_id, people[4].member_id)).ahead == 1
    await holds(tx)


async def test_a_win_is_ordered_at_its_price_and_its_piece_comes_from_what_was_set_aside(
    tx: Tx, now: Now
) -> None:
    """Everything else of the shop is sold: the piece can only be the sale's own."""
    shop = await city.shop(tx, now, [10_000], on_hand=3)
    rich, poor, late = await city.shoppers(tx, now, 3, 5_000)
    sale = await opened(tx, now, shop)
    await entered(tx, now, sale, [rich, poor])
    assert await free(tx, shop) == 0
    answers = await checkout.order_wins(
        tx, [win(sale.sale_id, rich.member_id, 10_000), win(sale.sale_id, rich.member_id), win(sale.sale_id, late.member_id)], now
    )  # fmt: skip
    assert isinstance(answers[0], PriceChanged)
    order = answers[1]
    assert isinstance(order, Order)
    assert (order.total_minor, order.wallet_minor, order.discount_minor) == (5_000, 5_000, 0)
    assert isinstance(answers[2], NoWin)
    entry = await service.mine(tx, sale.sale_id, rich.member_id)
    assert (entry.state, entry.order_id) == (EntryState.ORDERED, order.order_id)
    (again,) = await checkout.order_wins(tx, [win(sale.sale_id, rich.member_id)], now)
    assert isinstance(again, NoWin)
    await tx.execute(
        "UPDATE ledger.account SET posted_minor = 4999 WHERE account_id = $1", f"wallet:{poor.member_id}"
    )
    (refused,) = await checkout.order_wins(tx, [win(sale.sale_id, poor.member_id)], now)
    assert isinstance(refused, WalletTooLow)
    assert (await service.mine(tx, sale.sale_id, poor.member_id)).state is EntryState.WON
    assert (await wallet(tx, rich), await free(tx, shop)) == (0, 0)
    await holds(tx)


async def test_who_does_not_pay_gives_the_place_to_the_next_in_line(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000])
    people = await city.shoppers(tx, now, 6, 20_000)
    sale = await opened(tx, now, shop, waitlist_max=3, hold_s=60)
    await entered(tx, now, sale, people)
    await checkout.order_wins(tx, [win(sale.sale_id, people[1].member_id)], now)
    assert await service.lapse(tx, now + timedelta(seconds=59)) == 0
    late = now + timedelta(seconds=60)
    (refused,) = await checkout.order_wins(tx, [win(sale.sale_id, people[0].member_id)], late)
    assert isinstance(refused, NoWin)
    assert await wallet(tx, people[0]) == 20_000
    assert await service.lapse(tx, late) == 2
    found = [(await service.mine(tx, sale.sale_id, one.member_id)).state for one in people]
    assert found == ["lapsed", "ordered", "lapsed", "won", "won", "waiting"]
    (order,) = await checkout.order_wins(
        tx, [win(sale.sale_id, people[4].member_id)], late + timedelta(seconds=59)
    )
    assert isinstance(order, Order)
    await holds(tx)


async def test_the_end_frees_what_was_not_bought_and_the_log_proves_it(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000], on_hand=10)
    people = await city.shoppers(tx, now, 5, 20_000)
    sale = await opened(tx, now, shop, waitlist_max=2, hold_s=60)
    await entered(tx, now, sale, people)
    await checkout.order_wins(tx, [win(sale.sale_id, people[2].member_id)], now)
    end = sale.ends_at
    assert await service.close_ended(tx, end) == 0
    assert await service.lapse(tx, end) == 2
    assert await service.close_ended(tx, end) == 1
    found = await service.get(tx, sale.sale_id)
    assert (found.status, found.ordered_count, found.won_count) == (FlashStatus.CLOSED, 1, 1)
    assert [(await service.mine(tx, sale.sale_id, one.member_id)).state for one in people] == [
        "lapsed", "lapsed", "ordered", "missed", "missed",
    ]  # fmt: skip
    assert await free(tx, shop) == 9
    assert states(await entered(tx, end, sale, people[:1]))[0] == "again lapsed"
    assert log.faults(await published(tx, sale)) is None
    await holds(tx)


async def test_a_stop_bites_at_once(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000], on_hand=10)
    people = await city.shoppers(tx, now, 3, 20_000)
    sale = await opened(tx, now, shop)
    await entered(tx, now, sale, people[:2])
    await checkout.order_wins(tx, [win(sale.sale_id, people[0].member_id)], now)
    await service.stop(tx, sale.sale_id, shop.merchant_id, now)
    assert states(await entered(tx, now, sale, [people[2]])) == ["flash_sale_stopped"]
    (refused,) = await checkout.order_wins(tx, [win(sale.sale_id, people[1].member_id)], now)
    assert isinstance(refused, NoWin)
    assert await free(tx, shop) == 9
    assert log.faults(await published(tx, sale)) is None
    await holds(tx)


async def test_before_the_start_and_after_the_end_nobody_enters(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000])
    people = await city.shoppers(tx, now, 1, 0)
    starts = now + timedelta(seconds=1)
    sale = await opened(tx, now, shop, starts_at=starts, ends_at=starts + timedelta(seconds=1))
    assert service.seen([sale], now)[0].label is FlashLabel.SOON
    moment = timedelta(microseconds=1)
    told = [states(await entered(tx, at, sale, people))[0] for at in (starts - moment, sale.ends_at)]
    assert told == ["flash_sale_not_started", "flash_sale_over"]
    assert states(await entered(tx, starts, sale, people)) == ["won"]


async def test_what_cannot_be_a_sale(tx: Tx, now: Now) -> None:
    shop, other = await city.shop(tx, now, [10_000], on_hand=2), await city.shop(tx, now, [10_000])
    for change in (
        {"price_minor": 10_000}, {"store_id": other.store_id}, {"ends_at": now}, {"sku_id": "sku_none"},
    ):  # fmt: skip
        with pytest.raises(BadFlashSale):
            await opened(tx, now, shop, **change)
    with pytest.raises(OutOfStock):
        await opened(tx, now, shop)
    assert issubclass(OutOfStock, Refusal)


async def test_a_full_sale_is_remembered_but_not_to_who_is_in_it(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000])
    people = await city.shoppers(tx, now, 4, 0)
    sale = await opened(tx, now, shop)
    asks = [EnterRequest(sale.sale_id, one.member_id) for one in people]
    await entered(tx, now, sale, people[:3])
    # The batch that filled it may yet be undone: only one that found it full remembers.
    assert service.sold_out(asks[3]) is None
    assert states(await entered(tx, now, sale, [people[3]])) == ["flash_sold_out"]
    first, again = service.sold_out(asks[3]), service.sold_out(asks[3])
    assert isinstance(first, FlashSoldOut)
    assert first is not again
    assert [service.sold_out(one) for one in asks[:3]] == [None, None, None]
