"""The record: ``docs/benchmarks.md`` from results, its tables, its picture, and what was missed."""
