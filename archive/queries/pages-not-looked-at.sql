-- Pages not looked at for some days
-- Pages whose last look, whatever came of it, is older than that, or that were never looked at.
-- :days = 7  how many days
-- :now = now  the day from which to count back
SELECT page, site, title, address, last_looked, last_read
  FROM page_list
 WHERE coalesce(last_looked, '') < strftime('%Y-%m-%dT%H:%M:%fZ', :now, '-' || :days || ' days')
 ORDER BY last_looked, page
