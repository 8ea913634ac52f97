-- Who was responsible when
-- Each person whom a page named as responsible for it, from which look on, and from which on no more.
SELECT w.page_id AS page, f.title AS page_title, w.name, w.role, f.seen_from AS since, t.seen_from AS until
  FROM people w
  JOIN revisions f ON f.id = w.from_revision
  LEFT JOIN revisions t ON t.id = w.to_revision
 WHERE w.named_as = 'responsible'
 ORDER BY w.page_id, f.seen_from, w.name
