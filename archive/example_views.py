"""The views of what the texts name: mentions, people, contacts, dates, examples. Lists in rows are JSON, by name.

As in `archive.views`: no window functions, and within a page the row numbers of revisions grow with their `seq`.
"""

from __future__ import annotations

EXAMPLE_VIEWS = """
CREATE VIEW current_mentions AS       -- the places, organisations, people, times and subjects of the pages now
  SELECT m.page_id AS page, s.key AS section, m.kind, m.name, m.code, m.role, m.organisation, m.words, m.evidence,
         f.seen_from AS since
    FROM mentions m
    JOIN revisions f ON f.id = m.from_revision
    LEFT JOIN sections s ON s.id = m.section_id
   WHERE m.to_revision IS NULL;

CREATE VIEW current_documents AS      -- the files that the pages link to now; bytes and number (document) where fetched
  SELECT d.page_id AS page, s.key AS section, d.title, d.url, d.type, d.file_id, d.stamped_at,
         f.seen_from AS since,
         (SELECT b.size FROM urls u JOIN captures c ON c.url_id = u.id AND c.purpose = 'document'
            JOIN bodies b ON b.id = c.body_id
           WHERE u.url = substr(d.url, 1, instr(d.url || '#', '#') - 1) ORDER BY c.id DESC LIMIT 1) AS bytes,
         (SELECT c.page_id FROM urls u JOIN captures c ON c.url_id = u.id AND c.purpose = 'document'
           WHERE u.url = substr(d.url, 1, instr(d.url || '#', '#') - 1) ORDER BY c.id DESC LIMIT 1) AS document
    FROM documents d
    JOIN revisions f ON f.id = d.from_revision
    LEFT JOIN sections s ON s.id = d.section_id
   WHERE d.to_revision IS NULL;

CREATE VIEW people_now AS             -- whom the pages name now: responsible, contact or speaker, with role
  SELECT w.page_id AS page, s.key AS section, w.name, w.role, w.organisation, w.named_as, f.seen_from AS since
    FROM people w
    JOIN revisions f ON f.id = w.from_revision
    LEFT JOIN sections s ON s.id = w.section_id
   WHERE w.to_revision IS NULL;

CREATE VIEW contact_list AS           -- whom one can reach, by a page's content or chrome: since when, until when
  SELECT w.page_id AS page, s.key AS section,
         NULL AS part,                -- part of the chrome that offers them: contact, footer, …; NULL: the content
         'person' AS kind,            -- person or organisation; people only of sites that record them
         w.name,                      -- name of the person or organisation
         w.role,                      -- what a person does, '' where it is not said
         w.organisation,              -- where a person does it
         w.mail,                      -- mail address, in small letters, or ''
         w.phone,                     -- telephone number as it is written, or ''
         f.seen_from AS first_seen,
         (SELECT t.seen_from FROM revisions t WHERE t.id = w.to_revision)
           AS removed                 -- first look that did not see it, or not record it, any more; NULL: it stands
    FROM people w
    JOIN revisions f ON f.id = w.from_revision
    LEFT JOIN sections s ON s.id = w.section_id
   WHERE w.mail <> '' OR w.phone <> ''
  UNION ALL
  SELECT m.page_id, s.key, NULL, m.kind, m.name, '', '', m.mail, m.phone, f.seen_from,
         (SELECT t.seen_from FROM revisions t WHERE t.id = m.to_revision)
    FROM mentions m
    JOIN revisions f ON f.id = m.from_revision
    LEFT JOIN sections s ON s.id = m.section_id
   WHERE m.kind = 'organisation' AND (m.mail <> '' OR m.phone <> '')
  UNION ALL
  SELECT l.page_id, NULL, p.name, o.kind, o.name, o.role, o.organisation, o.mail, o.phone, min(l.fetched_at),
         (SELECT min(n.fetched_at) FROM captures n
            JOIN readings k ON k.capture_id = n.id
            LEFT JOIN reading_chrome nc ON nc.capture_id = n.id
            LEFT JOIN revisions e ON e.id = k.revision_id
           WHERE n.page_id = l.page_id AND n.fetched_at > max(l.fetched_at)
             AND (nc.chrome_id IS NOT NULL OR e.state IN ('gone', 'moved')))
    FROM chrome_contacts o
    JOIN chrome_parts p ON p.id = o.part_id
    JOIN chromes h ON EXISTS (SELECT 1 FROM json_each(h.parts) j WHERE j.value = p.id)
    JOIN reading_chrome rc ON rc.chrome_id = h.id
    JOIN captures l ON l.id = rc.capture_id
   GROUP BY l.page_id, p.name, o.kind, o.name, o.role, o.organisation, o.mail, o.phone;

CREATE VIEW date_list AS              -- the times that a page names or states of itself, and how we know them
  SELECT m.page_id AS page, s.key AS section,
         m.name AS date,              -- ISO 8601, as exact as it is said: 2019-10-01, 2019-10 or 2019
         CASE length(m.name) WHEN 4 THEN 'year' WHEN 7 THEN 'month' ELSE 'day' END
           AS precision,              -- day, month or year
         m.words,                     -- as the text has it, the first time
         'named' AS says,             -- named in the text; published or updated: what the page states of itself
         'text' AS source,            -- text, time (<time datetime>), meta or address
         f.seen_from AS first_seen,
         (SELECT t.seen_from FROM revisions t WHERE t.id = m.to_revision)
           AS removed                 -- first look that did not see it there any more; NULL: it stands there now
    FROM mentions m
    JOIN revisions f ON f.id = m.from_revision
    LEFT JOIN sections s ON s.id = m.section_id
   WHERE m.kind = 'date'
  UNION ALL
  SELECT r.page_id, NULL, r.published, 'day', r.published, 'published', json_extract(r.metadata, '$.published.source'),
         r.seen_from,
         (SELECT n.seen_from FROM revisions n WHERE n.page_id = r.page_id AND n.seq > r.seq
             AND n.published IS NOT r.published ORDER BY n.seq LIMIT 1)
    FROM revisions r
    LEFT JOIN revisions b ON b.page_id = r.page_id AND b.seq = r.seq - 1
   WHERE r.published IS NOT NULL AND b.published IS NOT r.published
  UNION ALL
  SELECT r.page_id, NULL, r.updated, 'day', r.updated, 'updated', json_extract(r.metadata, '$.updated.source'),
         r.seen_from,
         (SELECT n.seen_from FROM revisions n WHERE n.page_id = r.page_id AND n.seq > r.seq
             AND n.updated IS NOT r.updated ORDER BY n.seq LIMIT 1)
    FROM revisions r
    LEFT JOIN revisions b ON b.page_id = r.page_id AND b.seq = r.seq - 1
   WHERE r.updated IS NOT NULL AND b.updated IS NOT r.updated;

CREATE VIEW example_spans AS          -- which pages and sections tell an example, and the last revision that had it so
  SELECT e.page_id AS page, p.site, e.section_id, e.kind, e.words, e.to_revision IS NULL AS stands,
         (SELECT max(r.id) FROM revisions r
           WHERE r.page_id = e.page_id AND r.state = 'live' AND (e.to_revision IS NULL OR r.id < e.to_revision))
           AS revision_id
    FROM examples e
    JOIN pages p ON p.id = e.page_id
   WHERE e.id = (SELECT l.id FROM examples l WHERE l.page_id = e.page_id AND l.section_id IS e.section_id
                  ORDER BY l.to_revision IS NULL DESC, l.from_revision DESC LIMIT 1)
     AND (e.section_id IS NOT NULL) =  -- a hub's sections are examples; of other pages the whole is
         EXISTS (SELECT 1 FROM page_urls u WHERE u.page_id = e.page_id AND u.why = 'seed')
     AND 'page' = (SELECT c.purpose FROM captures c WHERE c.page_id = e.page_id ORDER BY c.fetched_at DESC LIMIT 1);

CREATE VIEW learning_examples AS      -- one row per learning example: a section of a hub, or a page that a hub links to
  SELECT x.page, s.key AS section, CASE WHEN x.section_id IS NULL THEN 'page' ELSE 'section' END AS origin,
         coalesce(nullif(t.heading, ''), r.title) AS title, x.kind,
         (SELECT json_group_array(name) FROM (SELECT DISTINCT m.name FROM mentions m
           WHERE m.page_id = x.page AND m.kind = 'subject'
             AND (x.section_id IS NULL OR m.section_id = x.section_id)
             AND m.from_revision <= r.id AND (m.to_revision IS NULL OR m.to_revision > r.id) ORDER BY m.name))
           AS subjects,               -- what it is about, by its words
         (SELECT json_group_array(name) FROM (SELECT DISTINCT m.name FROM mentions m
           WHERE m.page_id = x.page AND m.kind = 'municipality'
             AND (x.section_id IS NULL OR m.section_id = x.section_id)
             AND m.from_revision <= r.id AND (m.to_revision IS NULL OR m.to_revision > r.id) ORDER BY m.name))
           AS municipalities,
         (SELECT json_group_array(name) FROM (SELECT DISTINCT m.name FROM mentions m
           WHERE m.page_id = x.page AND m.kind = 'region'
             AND (x.section_id IS NULL OR m.section_id = x.section_id)
             AND m.from_revision <= r.id AND (m.to_revision IS NULL OR m.to_revision > r.id) ORDER BY m.name))
           AS regions,
         (SELECT json_group_array(name) FROM (SELECT DISTINCT m.name FROM mentions m
           WHERE m.page_id = x.page AND m.kind = 'organisation'
             AND (x.section_id IS NULL OR m.section_id = x.section_id)
             AND m.from_revision <= r.id AND (m.to_revision IS NULL OR m.to_revision > r.id) ORDER BY m.name))
           AS organisations,
         (SELECT json_group_array(named) FROM (SELECT DISTINCT w.name || iif(w.role = '', '', ', ' || w.role)
                    || iif(w.organisation = '', '', ', ' || w.organisation) AS named FROM people w
           WHERE w.page_id = x.page AND w.named_as <> 'responsible'
             AND (x.section_id IS NULL OR w.section_id = x.section_id)
             AND w.from_revision <= r.id AND (w.to_revision IS NULL OR w.to_revision > r.id) ORDER BY named))
           AS people,                 -- name, role, organisation of those who are quoted or named
         r.published, iif(x.section_id IS NULL, r.preamble, t.text) AS text,  -- preamble of a page, text of a section
         (SELECT json_group_array(url) FROM (SELECT DISTINCT f.url FROM films f
           WHERE f.from_revision IN (SELECT id FROM revisions WHERE page_id = x.page AND id <= r.id)
             AND (x.section_id IS NULL OR f.section_id = x.section_id)
             AND (f.to_revision IS NULL OR f.to_revision > r.id) ORDER BY f.url))
           AS films,
         (SELECT json_group_array(page) FROM (
            SELECT pu.page_id AS page FROM links l
              JOIN urls u ON u.url = substr(l.url, 1, instr(l.url || '#', '#') - 1)
              JOIN page_urls pu ON pu.url_id = u.id AND pu.page_id <> l.page_id
             WHERE x.section_id IS NOT NULL AND l.section_id = x.section_id
               AND l.from_revision IN (SELECT id FROM revisions WHERE page_id = x.page AND id <= r.id)
               AND (l.to_revision IS NULL OR l.to_revision > r.id)
            UNION
            SELECT l.page_id FROM page_urls pu
              JOIN urls u ON u.id = pu.url_id
              JOIN links l ON (l.url = u.url OR (l.url > u.url || '#' AND l.url < u.url || '$'))
               AND l.page_id <> pu.page_id AND l.to_revision IS NULL
              JOIN examples h ON h.page_id = l.page_id AND h.section_id = l.section_id AND h.to_revision IS NULL
             WHERE x.section_id IS NULL AND pu.page_id = x.page
             ORDER BY page)) AS linked,  -- numbers of the pages that a section links to, or of the hubs that lead here
         CASE WHEN x.stands THEN 'live' ELSE 'gone' END AS state,  -- gone: it is no longer on the page, or the page is
         (SELECT f.seen_from FROM revisions f WHERE f.id = coalesce(
           (SELECT min(revision_id) FROM revision_sections WHERE section_id = x.section_id),
           (SELECT min(id) FROM revisions WHERE page_id = x.page))) AS first_seen,
         (SELECT max(c.fetched_at) FROM readings g JOIN captures c ON c.id = g.capture_id
           WHERE g.revision_id = r.id) AS last_seen,
         (SELECT max(v.seen_from) FROM example_changes v WHERE v.page = x.page AND v.section_id IS x.section_id)
           AS last_changed,           -- NULL: never since it was first seen
         (SELECT count(*) FROM example_changes v WHERE v.page = x.page AND v.section_id IS x.section_id)
           AS changes,                -- revisions in which the site changed it
         x.site, (SELECT l.address FROM page_list l WHERE l.page = x.page) AS address, x.words, x.section_id
    FROM example_spans x
    JOIN revisions r ON r.id = x.revision_id
    LEFT JOIN sections s ON s.id = x.section_id
    LEFT JOIN revision_sections rs ON rs.revision_id = r.id AND rs.section_id = x.section_id
    LEFT JOIN section_texts t ON t.id = rs.text_id;

CREATE VIEW example_changes AS        -- revisions in which the site changed the text of a page, or that of one section
  SELECT r.page_id AS page, NULL AS section_id, r.seen_from, r.id AS revision_id
    FROM revisions r
   WHERE r.seq > 1 AND r.cause = 'source'
  UNION ALL
  SELECT r.page_id, rs.section_id, r.seen_from, r.id
    FROM revision_sections rs
    JOIN revisions r ON r.id = rs.revision_id AND r.cause = 'source'
    JOIN revisions b ON b.page_id = r.page_id AND b.seq = r.seq - 1
    LEFT JOIN revision_sections bs ON bs.section_id = rs.section_id AND bs.revision_id = b.id
   WHERE bs.text_id IS NOT rs.text_id
     AND rs.revision_id > (SELECT min(revision_id) FROM revision_sections WHERE section_id = rs.section_id);
"""
