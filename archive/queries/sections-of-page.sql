-- Sections of a page over time
-- Each text that each section of a page has had, with the revision and the time from which it stood so.
-- :page = 1  number of the page, see `tidslager pages`; in `tidslager query` also its address or title
SELECT section, heading, seen_from, unseen_since, revision, cause, text
  FROM section_history
 WHERE page = CAST(:page AS INTEGER)
 ORDER BY section_id, revision
