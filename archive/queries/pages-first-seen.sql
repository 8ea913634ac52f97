-- Pages first seen since a day
-- The pages that came into the collection, the newest first.
-- :since = 2000-01-01  first day, such as 2026-03-01
SELECT first_seen, page, site, title, address, state
  FROM page_list
 WHERE first_seen >= :since
 ORDER BY first_seen DESC, page
