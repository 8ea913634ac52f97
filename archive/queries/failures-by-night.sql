-- Failures by night
-- For each run: how many looks there were, and how many of them came to nothing, by outcome. `broken_links` are those at addresses that led to no page, that night or before.
SELECT substr(r.started_at, 1, 10) AS night, r.id AS run, r.site,
       (SELECT count(*) FROM captures c WHERE c.run_id = r.id AND c.page_id IS NOT NULL) AS looks,
       (SELECT count(DISTINCT c.page_id) FROM captures c
         WHERE c.run_id = r.id AND c.outcome = 'gone' AND c.page_id IS NOT NULL AND NOT EXISTS
               (SELECT 1 FROM revisions v WHERE v.page_id = c.page_id AND v.seen_from <= c.fetched_at)) AS broken_links,
       l.outcome, count(l.capture) AS failures
  FROM runs r
  LEFT JOIN fetch_log l ON l.run = r.id AND l.page IS NOT NULL
       AND l.outcome NOT IN ('fetched', 'not_modified', 'redirected', 'gone')
 GROUP BY r.id, l.outcome
 ORDER BY r.id DESC, failures DESC, l.outcome
