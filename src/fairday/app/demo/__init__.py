"""Load the demo city: a deterministic story of malls, stores, merchants, products, members and one festival under way."""

from fairday.app.demo.seed import seed

__all__ = ["seed"]
