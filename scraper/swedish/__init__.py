"""Swedish as public-sector pages write it: days, people with their roles, places and organisations. Pure."""

from scraper.swedish.contacts import find_contacts
from scraper.swedish.days import find_date, find_dates, leading_date
from scraper.swedish.mentions import find_mentions
from scraper.swedish.subjects import find_subjects

__all__ = ["find_contacts", "find_date", "find_dates", "find_mentions", "find_subjects", "leading_date"]
