-- Documents that the pages link to
-- Links to files that stand on a page now: what they are called, where they are, since when they stand there.
SELECT l.page, p.title AS page_title, l.section, l.label, l.url, l.since
  FROM current_links l
  JOIN page_list p ON p.page = l.page
 WHERE l.kind = 'document'
 ORDER BY l.page, l.url, l.label
