"""What we do: go to the site, understand it, hand records down."""
