-- People and their roles
-- The people whom the pages name now: responsible for the page, contact or speaker. Only of sites that record people.
-- :name =   part of a name, role or organisation; empty for all
SELECT w.name, w.role, w.organisation, w.named_as, w.page, p.title AS page_title, w.section, w.since
  FROM people_now w
  JOIN page_list p ON p.page = w.page
 WHERE instr(lower(w.name || ' ' || w.role || ' ' || w.organisation), lower(:name))
 ORDER BY w.name, w.page, w.section
