-- What changed since a day
-- Every change of content or metadata that the sites made, the newest first. Cosmetic ones, and those that only our own reading caused, are left out.
-- :since = 2000-01-01  first day, such as 2026-03-01
SELECT seen_from, unseen_since, page, page_title, kind, what, where_on_page, before, after
  FROM change_feed
 WHERE seen_from >= :since AND cause = 'source' AND class IN ('editorial', 'metadata')
 ORDER BY seen_from DESC, page, revision DESC, ordinal
