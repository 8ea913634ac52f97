-- Sections that were removed in the last year
-- Sections that stood on a page and stand there no more, with the text they had last, the newest removal first.
-- :days = 365  how many days back
-- :now = now  the day from which to count back
SELECT l.removed, l.page, p.title AS page_title, l.heading, l.first_seen,
       (SELECT t.text FROM revision_sections rs JOIN section_texts t ON t.id = rs.text_id
         WHERE rs.section_id = l.section_id ORDER BY rs.revision_id DESC LIMIT 1) AS last_text
  FROM section_list l
  JOIN page_list p ON p.page = l.page
 WHERE l.removed >= strftime('%Y-%m-%dT%H:%M:%fZ', :now, '-' || :days || ' days')
 ORDER BY l.removed DESC, l.page, l.position
