"""The yardsticks, each against a named peer in the same run; one that measured nothing fails. See `__main__`."""
