"""Test how small merchants open shops by themselves."""
