-- Links that lead to nothing
-- Links that stand on a page now and lead to a page of the collection that is gone, or that was never there when it was looked at: `was_read` is 0 then, and `gone_since` the first look. Links to other sites are not looked at.
SELECT l.page, h.title AS page_title, l.section, l.label, l.url,
       coalesce(d.last_changed, (SELECT min(f.fetched_at) FROM fetch_log f WHERE f.page = d.page)) AS gone_since,
       d.state IS NOT NULL AS was_read
  FROM current_links l
  JOIN page_list h ON h.page = l.page AND h.state = 'live'
  JOIN urls u ON u.url = substr(l.url, 1, instr(l.url || '#', '#') - 1)
  JOIN page_urls pu ON pu.url_id = u.id
  JOIN page_list d ON d.page = pu.page_id
  LEFT JOIN coverage v ON v.page = d.page AND d.state IS NULL
 WHERE d.state = 'gone' OR v.last_outcome = 'gone'
 GROUP BY l.page, l.section, l.label, l.url
 ORDER BY l.page, l.url
