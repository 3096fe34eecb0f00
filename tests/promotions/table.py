"""List carts whose prices were worked out by hand from docs/algorithms/pricing.md: (name, document, what it comes to).

Each row is run on the reference and on the engine. What is expected names only what the row is about: `net`, `gross` and `tax` per line,
`applied` and `payments` per offer ("offer" or "offer/claim"), `allocations` per "line offer funder", `gifts` per "offer SKU", `subtotal`,
`discount`, `total`, `payable`, `freight`.
"""

from tests.promotions.table_amounts import CALCULATORS, FUNDING, SPREADING
from tests.promotions.table_builders import Row
from tests.promotions.table_choices import CHOICES, CONDITIONS, PAYING
from tests.promotions.table_sets import SETS, STACKING, TAXES

ROWS: tuple[Row, ...] = (
    *SPREADING,
    *FUNDING,
    *CALCULATORS,
    *SETS,
    *STACKING,
    *TAXES,
    *CHOICES,
    *CONDITIONS,
    *PAYING,
)
