"""The generated pages and what generates them."""
