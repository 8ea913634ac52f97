-- Dates that the pages name
-- The days, months and years that stand on the pages now, and the days that the pages state of themselves, each with
-- the words and the place that we know it by.
-- :year =   only those of a year, such as 2019; empty for all
SELECT d.date, d.precision, d.words, d.says, d.source, d.page, p.title AS page_title, d.section, d.first_seen
  FROM date_list d
  JOIN page_list p ON p.page = d.page
 WHERE d.removed IS NULL AND (:year = '' OR substr(d.date, 1, 4) = :year)
 ORDER BY d.date, d.page, d.section, d.words
