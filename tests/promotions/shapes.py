"""Name all shapes of offers in one place, for tests that work on every kind of them."""

from fairday.promotions.engine.benefit_types import *  # noqa: F403 - every shape, by one name
from fairday.promotions.engine.condition_types import *  # noqa: F403 - every shape, by one name
from fairday.promotions.engine.items import *  # noqa: F403 - every shape, by one name
from fairday.promotions.engine.offers import *  # noqa: F403 - every shape, by one name
