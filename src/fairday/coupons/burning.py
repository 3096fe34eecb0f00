"""Follow how budgets burn: count the log into minutes, raise alerts once each, tell the series and a forecast."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from fairday.coupons import burn_store, store
from fairday.coupons.burn_store import AlertRow, Budget
from fairday.coupons.burn_types import BudgetAlert, Burn, BurnPoint, BurnQuery, Forecast, Measure, Step
from fairday.coupons.events import BudgetReached
from fairday.coupons.rules import burning as rules
from fairday.coupons.rules.burning import Change
from fairday.coupons.types import Counters, Template
from fairday.kernel import outbox
from fairday.kernel.errors import BadInput
from fairday.kernel.events import Recorded
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx

CONSUMER = "coupons-burn"


async def count(tx: Tx, events: Sequence[Recorded], now: datetime) -> None:
    """Add a batch of events to the minutes and raise the alerts that are due. A reaction: it commits with its cursor."""
    budgets = await burn_store.budgets(tx, sorted({event.data["coupon_id"] for event in events}))
    changes: dict[tuple[str, datetime], Change] = defaultdict(Change)
    for event in events:
        coupon_id = event.data["coupon_id"]
        if coupon_id in budgets:
            minute = event.happened_at.replace(second=0, microsecond=0)
            rules.add(changes[(coupon_id, minute)], event.type, event.data, budgets[coupon_id].face_minor)
    if changes:
        await burn_store.add_minutes(tx, changes)
    due = [row for budget in budgets.values() for row in _due(budget, now)]
    if not due:
        return
    fresh = await burn_store.raise_alerts(tx, due, now)
    reached = [
        BudgetReached(
            coupon_id=row.coupon_id,
            merchant_id=row.merchant_id,
            measure=row.measure,
            percent=row.percent,
            currency=row.currency,
            value_minor=row.value_minor,
            cap_minor=row.cap_minor,
        )
        for row in due
        if row.alert_id in fresh
    ]
    await outbox.publish(tx, reached, now)


def _due(budget: Budget, now: datetime) -> list[AlertRow]:
    pairs = (
        (Measure.COMMITTED, budget.committed_minor, budget.commit_max_minor, budget.face_minor),
        (Measure.SPENT, budget.spent_minor, budget.budget_minor, 1),
    )
    return [
        AlertRow(
            new_id("alt"),
            budget.coupon_id,
            budget.merchant_id,
            measure.value,
            percent,
            budget.currency,
            value,
            cap,
            now,
        )
        for measure, value, cap, least in pairs
        for percent in rules.reached(value, cap, least_minor=least)
    ]


async def burn(tx: Tx, counters: Counters, template: Template, query: BurnQuery, now: datetime) -> Burn:
    """Tell how a coupon's budget burns.

    Raises: BadInput for a window that is empty or has too many steps.
    """
    coupon_id, terms = counters.coupon_id, template.terms
    first = await burn_store.first_minute(tx, coupon_id)
    until = query.until or now + timedelta(minutes=1)
    since = query.since or first or until - timedelta(hours=1)
    if since >= until:
        raise BadInput(errors=["until: must be after since"])
    step = query.step or Step(rules.step_for(until - since))
    width = {Step.MINUTE: 60, Step.HOUR: 3600, Step.DAY: 86_400}[step]
    if (until - since).total_seconds() / width > rules.POINTS_MAX:
        raise BadInput(errors=[f"step: at most {rules.POINTS_MAX} steps; choose a wider one"])
    recent = await burn_store.steps(
        tx, coupon_id, Step.MINUTE, terms.time_zone, now - rules.PACE_WINDOW, now + timedelta(minutes=1)
    )
    rows = await burn_store.steps(tx, coupon_id, step, terms.time_zone, since, until)
    return Burn(
        coupon_id=coupon_id,
        currency=terms.currency,
        now=now,
        step=step,
        quantity_max=counters.quantity_max,
        issued_count=counters.issued_count,
        budget_minor=counters.budget_minor,
        commit_max_minor=counters.commit_max_minor,
        committed_minor=counters.committed_minor,
        spent_minor=counters.spent_minor,
        points=_points(rows),
        forecasts=_forecasts(counters, template, recent, now),
        alerts=await alerts(tx, None, coupon_id, None, 20),
    )


def _points(rows: Sequence[tuple[datetime | None, Change]]) -> list[BurnPoint]:
    issued = committed = redeemed = spent = 0
    points = []
    for at, change in rows:
        issued += change.issued_count
        committed += change.committed_minor
        redeemed += change.redeemed_count
        spent += change.spent_minor
        if at is not None:
            points.append(BurnPoint(at, issued, committed, redeemed, spent))
    return points


def _forecasts(
    counters: Counters,
    template: Template,
    recent: Sequence[tuple[datetime | None, Change]],
    now: datetime,
) -> list[Forecast]:
    terms = template.terms
    minutes = [(at, change) for at, change in recent if at is not None]
    committed_pace = rules.pace_per_h([(at, change.committed_minor) for at, change in minutes], now)
    spent_pace = rules.pace_per_h([(at, change.spent_minor) for at, change in minutes], now)
    room = counters.commit_max_minor - counters.committed_minor
    # Claims end at the quantity too: what is left to commit is bounded by the copies that are left.
    copies = (counters.quantity_max - counters.issued_count) * template.face_minor
    left = max(0, min(room, copies))
    spend_end = terms.usable_until or terms.claim_ends_at + timedelta(days=terms.days_after_claim or 0)
    unspent = max(0, counters.budget_minor - counters.spent_minor)
    return [
        Forecast(
            Measure.COMMITTED,
            counters.commit_max_minor,
            left,
            committed_pace,
            rules.runs_out_at(left, committed_pace, now, terms.claim_ends_at),
        ),
        Forecast(
            Measure.SPENT,
            counters.budget_minor,
            unspent,
            spent_pace,
            rules.runs_out_at(unspent, spent_pace, now, spend_end),
        ),
    ]


async def alerts(
    tx: Tx, merchant_id: str | None, coupon_id: str | None, before_id: str | None, limit: int
) -> list[BudgetAlert]:
    """Return alerts with the names of their coupons, the newest first; of one issuer, or with None of all."""
    rows = await burn_store.alerts(tx, merchant_id, coupon_id, before_id, limit)
    known = await store.counters(tx, sorted({row.coupon_id for row in rows}))
    templates = await store.templates(tx, {key: one.version for key, one in known.items()})
    return [
        BudgetAlert(
            row.alert_id,
            row.coupon_id,
            templates[row.coupon_id].terms.name,
            templates[row.coupon_id].terms.name_en,
            row.merchant_id,
            Measure(row.measure),
            row.percent,
            row.currency,
            row.value_minor,
            row.cap_minor,
            row.reached_at,
        )
        for row in rows
    ]
