-- Links that died
-- Links that stand on a page now and lead to a page of the collection that is gone. Links to other sites are not looked at.
SELECT l.page, h.title AS page_title, l.section, l.label, l.url, d.last_changed AS gone_since
  FROM current_links l
  JOIN page_list h ON h.page = l.page AND h.state = 'live'
  JOIN urls u ON u.url = substr(l.url, 1, instr(l.url || '#', '#') - 1)
  JOIN page_urls pu ON pu.url_id = u.id
  JOIN page_list d ON d.page = pu.page_id AND d.state = 'gone'
 GROUP BY l.page, l.section, l.label, l.url
 ORDER BY l.page, l.url
