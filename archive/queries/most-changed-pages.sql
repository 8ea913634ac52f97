-- Most changed pages
-- How often each page changed by its site's doing, and by how much: the sum of the shares of words that changed.
SELECT h.page, p.title, p.address, count(*) AS times, round(sum(h.degree), 3) AS degree, max(h.seen_from) AS last_changed
  FROM page_history h
  JOIN page_list p ON p.page = h.page
 WHERE h.revision > 1 AND h.cause = 'source'
 GROUP BY h.page
 ORDER BY times DESC, degree DESC, h.page
