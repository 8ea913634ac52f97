"""The pretend agency: two public bodies' web sites with three nights of history, served on loopback."""
