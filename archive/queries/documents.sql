-- Documents that the pages link to
-- Links to files that stand on a page now: what they are called, of what type, how big where they were fetched, the
-- file's own name and the time of its version where its address tells them, since when they stand there.
-- :type =   only files of a type, such as pdf; empty for all
SELECT d.page, p.title AS page_title, d.section, d.title, d.type, d.bytes, d.file_id, d.stamped_at, d.url,
       d.since
  FROM current_documents d
  JOIN page_list p ON p.page = d.page
 WHERE :type = '' OR d.type = lower(:type)
 ORDER BY d.page, d.url, d.title
