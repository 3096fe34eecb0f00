"""Tests of the history of imports."""
