"""Run a shopping festival across the internet and the street."""

__version__ = "0.1.0"
