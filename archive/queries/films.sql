-- Films on the pages
-- Films that stand on a page now, and since when.
SELECT m.page, p.title AS page_title, m.section, m.title, m.url, m.since
  FROM current_films m
  JOIN page_list p ON p.page = m.page
 ORDER BY m.page, m.since, m.url
