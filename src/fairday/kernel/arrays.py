"""Write arrays as text, for statements of the hot path: `$1::text::text[]` instead of `$1::text[]`.

The driver spends 350 ns on an element of a text array and 180 ns on one of a number array, because it asks each whether it
is an array itself; joining costs 50 ns, and PostgreSQL reads the text as fast as the binary form.
"""

import re
from collections.abc import Sequence

_PLAIN = re.compile(r"[0-9A-Za-z_:,-]*")


def texts(values: Sequence[str]) -> str:
    """Write `values` as the text of a text array. Ids go in as they are, anything else is quoted."""
    text = ",".join(values)
    if (
        _PLAIN.fullmatch(text)
        and text.count(",") == len(values) - 1
        and "" not in values
        and "NULL" not in text.upper()
    ):
        return "{" + text + "}"
    return "{" + ",".join(['"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in values]) + "}"


def numbers(values: Sequence[int]) -> str:
    """Write `values` as the text of an array of whole numbers."""
    return "{" + str(list(values))[1:-1] + "}"
