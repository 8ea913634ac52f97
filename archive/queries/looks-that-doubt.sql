-- Looks that are in doubt
-- Contents that seem not to be the page, in quarantine and waiting for a person or another look.
SELECT q.page, p.title, q.doubt, q.why, q.looks, q.first_seen, q.last_seen
  FROM quarantine_list q
  JOIN page_list p ON p.page = q.page
 WHERE q.state = 'open'
 ORDER BY q.last_seen DESC, q.page
