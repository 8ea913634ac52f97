-- Whom one can reach
-- The people and organisations beside whose name a mail address or a telephone number stands now, in the text of a page
-- or in the part of its chrome that is told. People only of sites that record them.
-- :name =   part of a name, role or organisation; empty for all
SELECT c.kind, c.name, c.role, c.organisation, c.mail, c.phone, c.page, p.title AS page_title, c.section, c.part,
       c.first_seen
  FROM contact_list c
  JOIN page_list p ON p.page = c.page
 WHERE c.removed IS NULL AND instr(lower(c.name || ' ' || c.role || ' ' || c.organisation), lower(:name))
 ORDER BY c.kind DESC, c.name, c.page, c.section, c.part
