"""Chain what happens in a sale, and prove a log: pure, so that anybody can check it without our server. Source: R48, I13.

A published line is one JSON object that ends with `"hash"`: the SHA-256 of the hash before it (32 zero bytes at first) and of the
line without that member. `people` are told by a keyed hash: the same person has the same name in one log, and nobody's is known.
"""

import hashlib
import hmac
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from fairday.kernel import strict_json
from fairday.kernel.errors import Refusal

GENESIS = bytes(32)
_HASH = ',"hash":"'
_TAIL = len(_HASH) + 64 + 2


class Link(msgspec.Struct, frozen=True, gc=False):
    """Hold one line without its hash, and the hash."""

    number: int
    line: str
    hash: bytes

    @property
    def published(self) -> str:
        """Return the line as it is published."""
        return f'{self.line[:-1]}{_HASH}{self.hash.hex()}"}}'


class Fault(msgspec.Struct, frozen=True):
    """Name the first line that does not fit, counted from 1, and what is wrong with it."""

    number: int
    what: str


def who(key: bytes, person_id: str) -> str:
    """Return what a person is called in a sale's log."""
    return hmac.digest(key, person_id.encode(), "sha256").hex()[:20]


def written(count: int, lines: Iterable[dict[str, Any]]) -> list[str]:
    """Return lines as they are chained, numbered after line `count`."""
    return [msgspec.json.encode({"n": count + n} | fields).decode() for n, fields in enumerate(lines, 1)]


def head_after(head: bytes, lines: Iterable[str]) -> bytes:
    """Return the hash of the last of `lines`, which follow the line that `head` is the hash of."""
    for line in lines:
        head = hashlib.sha256(head + line.encode()).digest()
    return head


def linked(head: bytes, first_number: int, lines: Iterable[str]) -> list[Link]:
    """Return `lines`, the first of which is number `first_number` and follows `head`, each with its hash."""
    links: list[Link] = []
    for number, line in enumerate(lines, first_number):
        head = head_after(head, (line,))
        links.append(Link(number, line, head))
    return links


def faults(published: Sequence[str]) -> Fault | None:
    """Return the first fault of a whole log, or None: every link, every place and every step follows from the lines before."""
    head, replay = GENESIS, Replay()
    for number, text in enumerate(published, 1):
        if not (text.endswith('"}') and text[-_TAIL:].startswith(_HASH)):
            return Fault(number, "it does not end with its hash")
        line, said = text[:-_TAIL] + "}", text[-66:-2]
        head = hashlib.sha256(head + line.encode()).digest()
        if head.hex() != said:
            return Fault(
                number,
                "its hash does not follow from the line before: it was changed, moved, left out or doubled",
            )
        try:
            fields = strict_json.decode(line.encode(), _fields)
        except (Refusal, msgspec.MsgspecError):
            return Fault(number, "it is no JSON object")
        if fields.get("n") != number:
            return Fault(number, f"it calls itself {fields.get('n')}")
        wrong = replay.step(fields)
        if wrong is not None:
            return Fault(number, wrong)
    return replay.end(len(published))


_fields = msgspec.json.Decoder(dict[str, Any])


class _WrongError(Exception):
    """Say what is wrong with a line."""


def _must(is_so: bool, what: str) -> None:
    if not is_so:
        raise _WrongError(what)


class Replay:
    """Replay a sale from its log."""

    def __init__(self) -> None:
        self.sale: dict[str, Any] | None = None
        self.people: set[str] = set()
        self.states: dict[int, str] = {}
        self.until: dict[int, datetime] = {}
        self.waiting: deque[int] = deque()
        self.last_at: datetime | None = None
        self.held = 0
        self.is_closed = False

    def step(self, fields: dict[str, Any]) -> str | None:
        """Take one line; return what is wrong with it, or None."""
        try:
            self._step(fields)
        except _WrongError as wrong:
            return str(wrong)
        except (KeyError, TypeError, ValueError):
            return "a field is missing or is not what it should be"
        return None

    def _step(self, fields: dict[str, Any]) -> None:
        at, kind = datetime.fromisoformat(fields["at"]), fields["kind"]
        _must(self.last_at is None or at >= self.last_at, "it is older than the line before")
        _must((self.sale is None) == (kind == "opened"), "a log begins with the opening, once")
        _must(not self.is_closed, "nothing happens after the closing")
        self.last_at = at
        if kind == "opened":
            self.sale = fields
        elif kind in _STEPS:
            _STEPS[kind](self, fields, at)
        else:
            raise _WrongError(f"{kind!r} is nothing that happens in a sale")

    def _fact(self, name: str) -> Any:
        assert self.sale is not None
        return self.sale[name]

    def _entered(self, fields: dict[str, Any], at: datetime) -> None:
        place, person = fields["place"], fields["who"]
        starts_at, ends_at = (datetime.fromisoformat(self._fact(one)) for one in ("starts_at", "ends_at"))
        _must(starts_at <= at < ends_at, "nobody enters before the start or after the end")
        _must(place == len(self.states) + 1, f"place {place} is not the next")
        _must(person not in self.people, f"{person} has a place already")
        is_free = self.held < self._fact("places") and not self.waiting
        state = "won" if is_free else "waiting"
        _must(fields["state"] == state, f"place {place} should be {state}")
        _must(is_free or len(self.waiting) < self._fact("waitlist_max"), "the waitlist was full")
        self.people.add(person)
        self._set(place, state, fields)

    def _promoted(self, fields: dict[str, Any], at: datetime) -> None:
        place = fields["place"]
        _must(bool(self.waiting) and self.waiting[0] == place, f"place {place} is not the first who waits")
        self.waiting.popleft()
        self._set(place, "won", fields)
        _must(self.held <= self._fact("places"), "more places are held than there are")

    def _ended(self, fields: dict[str, Any], at: datetime) -> None:
        place, kind = fields["place"], fields["kind"]
        state = self.states.get(place)
        _must(state == "won", f"place {place} is {state}, not won")
        until = self.until[place]
        _must((at < until) == (kind == "ordered"), f"place {place} was held until {until.isoformat()}")
        self._set(place, kind, fields)

    def _closed(self, fields: dict[str, Any], at: datetime) -> None:
        ordered = sum(state == "ordered" for state in self.states.values())
        told = (fields["entered"], fields["ordered"])
        _must(
            told == (len(self.states), ordered),
            f"{len(self.states)} entered and {ordered} ordered, not {told[0]} and {told[1]}",
        )
        self.is_closed = True

    def _set(self, place: int, state: str, fields: dict[str, Any]) -> None:
        before = self.states.get(place)
        self.held += (state in ("won", "ordered")) - (before in ("won", "ordered"))
        self.states[place] = state
        if state == "won":
            self.until[place] = datetime.fromisoformat(fields["until"])
        elif state == "waiting":
            self.waiting.append(place)

    def end(self, count: int) -> Fault | None:
        """Say what is missing at the end."""
        if self.sale is None:
            return Fault(1, "the log is empty")
        if not self.is_closed:
            return Fault(
                count + 1, "the log ends before the sale was closed: lines are missing, or it goes on"
            )
        return None


_STEPS: dict[str, Callable[[Replay, dict[str, Any], datetime], None]] = {
    "entered": Replay._entered,
    "promoted": Replay._promoted,
    "ordered": Replay._ended,
    "lapsed": Replay._ended,
    "stopped": Replay._closed,
    "closed": Replay._closed,
}
