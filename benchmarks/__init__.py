"""The yardsticks: each measures one thing against a named peer, in one run, and fails when it measured nothing."""
