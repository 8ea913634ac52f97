"""What we keep: SQLite, files and time; knows no web site and never imports the scraper."""
