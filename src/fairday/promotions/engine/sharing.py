"""Share an amount over lines and over funders so that rows and columns both sum exactly."""

from collections.abc import Sequence

from fairday.kernel.money import split


def spread(amount: int, weights: Sequence[int], rooms: Sequence[int]) -> list[int]:
    """Share `amount` by `weights`, largest remainder first; a part that its room does not hold fills the room and the rest is shared anew.

    Needs 0 <= amount <= sum of rooms. Source: R18.
    """
    if len(weights) == 1:
        return [amount]
    parts = split(amount, weights)
    if all([part <= room for part, room in zip(parts, rooms, strict=True)]):
        return parts
    parts = [0] * len(weights)
    open_places, left = list(range(len(weights))), amount
    while open_places:
        shares = split(left, [weights[i] for i in open_places])
        full = [i for i, share in zip(open_places, shares, strict=True) if share > rooms[i]]
        if not full:
            for i, share in zip(open_places, shares, strict=True):
                parts[i] = share
            break
        for i in full:
            parts[i] = rooms[i]
            left -= rooms[i]
        open_places = [i for i in open_places if i not in full]
    assert sum(parts) == amount, "a discount must be shared whole (R19)"
    return parts


def fund(
    amount: int, parts: Sequence[int], funders: Sequence[tuple[str, int]]
) -> list[list[tuple[str, int]]]:
    """Return each part's (funder, amount) rows, without empty ones.

    Each funder's total is its share of the whole; over the parts it follows what they still need, the last takes the
    rest. Source: R19, R88.
    """
    if len(funders) == 1:
        name = funders[0][0]
        return [[(name, part)] if part else [] for part in parts]
    rows: list[list[tuple[str, int]]] = [[] for _ in parts]
    totals = split(amount, [share for _, share in funders])
    needed = list(parts)
    for number, (name, _) in enumerate(funders):
        shares = needed if number == len(funders) - 1 else split(totals[number], needed)
        for row, share in zip(rows, shares, strict=True):
            if share:
                row.append((name, share))
        needed = [need - share for need, share in zip(needed, shares, strict=True)]
    return rows
