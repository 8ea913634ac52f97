-- Learning examples, by municipality
-- The learning examples as they read now. Give a municipality to see only those that name it in their title.
-- :municipality =   name of a municipality, such as Söderhamn; empty for all
SELECT *
  FROM learning_examples
 WHERE :municipality = '' OR instr(lower(title), lower(:municipality))
 ORDER BY title
