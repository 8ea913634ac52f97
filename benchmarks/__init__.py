"""The yardsticks, each against a named peer or a stated goal. `python -m benchmarks [NAME…]`."""
