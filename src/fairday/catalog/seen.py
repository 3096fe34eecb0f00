"""Remember which keys a long file has shown already, in a few bytes each."""

from array import array


class SeenKeys:
    """Hold a set of texts as 64-bit hashes in one flat table: 16 to 32 bytes a key, where a set of str takes 100.

    Two different keys are taken for one with a chance of about n² / 2⁶⁵: one in ten million for a file of two million rows.
    """

    def __init__(self) -> None:
        self._table = array("q", bytes(8 * 1024))
        self._count = 0

    def add(self, key: str) -> bool:
        """Remember `key` and tell whether it is new."""
        if self._count * 2 >= len(self._table):
            self._grow()
        place, value = self._find(hash(key) or 1)
        if self._table[place]:
            return False
        self._table[place] = value
        self._count += 1
        return True

    def __contains__(self, key: str) -> bool:
        return bool(self._table[self._find(hash(key) or 1)[0]])

    def _find(self, value: int) -> tuple[int, int]:
        """Return the place where `value` is or belongs; zero marks a free place."""
        table, mask = self._table, len(self._table) - 1
        place = value & mask
        while (held := table[place]) and held != value:
            place = (place + 1) & mask
        return place, value

    def _grow(self) -> None:
        old, self._table = self._table, array("q", bytes(16 * len(self._table)))
        for value in old:
            if value:
                self._table[self._find(value)[0]] = value
