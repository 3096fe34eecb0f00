"""Measure Fairday reproducibly, each figure beside the limit it is compared to, taken in the same run."""
