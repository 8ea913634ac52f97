-- Whom one can reach
-- The people beside whose name a mail address or a telephone number stands now, in the text of a page or in the part of
-- its chrome that is told. Only of sites that record people.
-- :name =   part of a name, role or organisation; empty for all
SELECT c.name, c.role, c.organisation, c.mail, c.phone, c.page, p.title AS page_title, c.section, c.part, c.first_seen
  FROM contact_list c
  JOIN page_list p ON p.page = c.page
 WHERE c.removed IS NULL AND instr(lower(c.name || ' ' || c.role || ' ' || c.organisation), lower(:name))
 ORDER BY c.name, c.page, c.section, c.part
