"""React to claims and redemptions: count how budgets burn."""

from fairday.coupons import burning
from fairday.coupons.rules.burning import COUNTED

REACTIONS = [(burning.CONSUMER, COUNTED, burning.count)]
