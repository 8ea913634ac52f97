-- Pages that flap
-- Pages that go back and forth: of their last ten revisions two or more are returns to what was before.
SELECT f.page, p.title, p.address, f.returns, f.since, f.last
  FROM flapping_pages f
  JOIN page_list p ON p.page = f.page
 ORDER BY f.returns DESC, f.page
