"""The yardsticks, each against a named peer in the same run. `python -m benchmarks` prints them all."""
