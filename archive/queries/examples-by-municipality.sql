-- Learning examples, by municipality
-- The learning examples as they read now. Give a municipality to see only those that name it.
-- :municipality =   name of a municipality, such as Söderhamn; empty for all
SELECT *
  FROM learning_examples
 WHERE :municipality = ''
    OR EXISTS (SELECT 1 FROM json_each(municipalities) WHERE lower(value) = lower(:municipality))
 ORDER BY title
