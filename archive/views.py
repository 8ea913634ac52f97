"""The views: the documented surface of an archive for people, Datasette, sqlite-utils and the command line alike.

No window functions: a filter on such a view would not reach the index. The number of a page is `page`, of a revision
within its page `revision`. Within a page the row numbers of revisions grow with their `seq`, and the views rely on it.
"""

from __future__ import annotations

from sqlite_utils import Database

from archive.example_views import EXAMPLE_VIEWS
from archive.migrations import migrations, run_script

VIEWS = """
CREATE VIEW page_list AS              -- one row per page: what it is now, and when it was last looked at and read
  SELECT p.id AS page, p.site,
         coalesce((SELECT u.url FROM captures c JOIN urls u ON u.id = c.url_id
                     JOIN readings g ON g.capture_id = c.id AND g.revision_id IS NOT NULL
                    WHERE c.page_id = p.id AND c.outcome = 'fetched' ORDER BY c.fetched_at DESC LIMIT 1),
                  (SELECT u.url FROM page_urls pu JOIN urls u ON u.id = pu.url_id
                    WHERE pu.page_id = p.id ORDER BY pu.from_run DESC LIMIT 1)) AS address,
         r.title, r.state, r.seq AS revisions, r.published, r.updated, r.responsible,
         (SELECT f.seen_from FROM revisions f WHERE f.page_id = p.id ORDER BY f.seq LIMIT 1) AS first_seen,
         r.seen_from AS last_changed,
         (SELECT max(c.fetched_at) FROM captures c WHERE c.page_id = p.id) AS last_looked,
         (SELECT max(c.fetched_at) FROM captures c JOIN readings g ON g.capture_id = c.id
           WHERE c.page_id = p.id AND g.revision_id IS NOT NULL) AS last_read
    FROM pages p
    LEFT JOIN revisions r ON r.id = (SELECT id FROM revisions WHERE page_id = p.id ORDER BY seq DESC LIMIT 1);

CREATE VIEW page_history AS           -- one row per revision, with the span in which it was seen
  SELECT r.page_id AS page, r.seq AS revision, r.state, r.cause, r.title, r.published, r.updated, r.responsible,
         r.preamble, r.seen_from, r.unseen_since,
         (SELECT max(c.fetched_at) FROM readings g JOIN captures c ON c.id = g.capture_id
           WHERE g.revision_id = r.id) AS last_seen,
         (SELECT n.seen_from FROM revisions n WHERE n.page_id = r.page_id AND n.seq = r.seq + 1) AS seen_until,
         (SELECT count(*) FROM changes ch WHERE ch.revision_id = r.id) AS changes, r.degree,
         (SELECT min(b.seq) FROM revisions b
           WHERE b.page_id = r.page_id AND b.digest = r.digest AND b.seq < r.seq) AS returns_to,
         r.capture_id AS capture, nullif(lower(hex(r.digest)), '') AS digest, r.id AS revision_id
    FROM revisions r;

CREATE VIEW flapping_pages AS         -- pages that go back and forth: two or more of the last ten revisions are returns
  SELECT h.page, count(*) AS returns, min(h.seen_from) AS since, max(h.seen_from) AS last
    FROM page_history h
   WHERE h.returns_to IS NOT NULL AND h.cause = 'source'
     AND h.revision > (SELECT max(m.seq) FROM revisions m WHERE m.page_id = h.page) - 10
   GROUP BY h.page
  HAVING count(*) >= 2;

CREATE VIEW current_sections AS       -- every section as it reads now
  SELECT r.page_id AS page, r.title AS page_title, rs.position, s.key AS section, t.heading, t.level, t.text,
         s.id AS section_id
    FROM pages p
    JOIN revisions r ON r.id = (SELECT id FROM revisions WHERE page_id = p.id ORDER BY seq DESC LIMIT 1)
    JOIN revision_sections rs ON rs.revision_id = r.id
    JOIN sections s ON s.id = rs.section_id
    JOIN section_texts t ON t.id = rs.text_id;

CREATE VIEW section_history AS        -- one row per reading of a section that differs from the one before
  SELECT s.page_id AS page, s.key AS section, r.seq AS revision, r.seen_from, r.unseen_since, r.cause,
         t.heading, t.level, t.text, s.id AS section_id, r.id AS revision_id
    FROM sections s
    JOIN revision_sections rs ON rs.section_id = s.id
    JOIN revisions r ON r.id = rs.revision_id
    JOIN section_texts t ON t.id = rs.text_id
    LEFT JOIN revisions b ON b.page_id = r.page_id AND b.seq = r.seq - 1
    LEFT JOIN revision_sections bs ON bs.section_id = s.id AND bs.revision_id = b.id
   WHERE bs.text_id IS NOT rs.text_id;

CREATE VIEW section_list AS           -- one row per section that a page ever had: since when, last changed, removed
  SELECT s.page_id AS page, s.key AS section, t.heading, t.level,
         (SELECT o.seen_from FROM revisions o
           WHERE o.id = (SELECT min(revision_id) FROM revision_sections WHERE section_id = s.id)) AS first_seen,
         (SELECT c.seen_from FROM revision_sections cs JOIN revisions c ON c.id = cs.revision_id
            LEFT JOIN revisions b ON b.page_id = c.page_id AND b.seq = c.seq - 1
            LEFT JOIN revision_sections bs ON bs.section_id = cs.section_id AND bs.revision_id = b.id
           WHERE cs.section_id = s.id AND bs.text_id IS NOT cs.text_id ORDER BY cs.revision_id DESC LIMIT 1)
           AS last_changed,           -- the newest row of section_history
         (SELECT n.seen_from FROM revisions n WHERE n.page_id = s.page_id AND n.seq > r.seq ORDER BY n.seq LIMIT 1)
           AS removed,                -- NULL: it stands on the page now
         (SELECT count(DISTINCT text_id) FROM revision_sections WHERE section_id = s.id) AS texts,
         rs.position, s.id AS section_id  -- position: where it stood last
    FROM sections s
    JOIN revision_sections rs ON rs.section_id = s.id
     AND rs.revision_id = (SELECT max(revision_id) FROM revision_sections WHERE section_id = s.id)
    JOIN revisions r ON r.id = rs.revision_id
    JOIN section_texts t ON t.id = rs.text_id;

CREATE VIEW page_sections AS          -- the sections of every revision; as of D: seen_from <= D, seen_until > D or NULL
  SELECT r.page_id AS page, r.seq AS revision, r.seen_from,
         (SELECT n.seen_from FROM revisions n WHERE n.page_id = r.page_id AND n.seq > r.seq ORDER BY n.seq LIMIT 1)
           AS seen_until,
         r.title AS page_title, rs.position, s.key AS section, t.heading, t.level, t.text, s.id AS section_id,
         r.id AS revision_id
    FROM revisions r
    JOIN revision_sections rs ON rs.revision_id = r.id
    JOIN sections s ON s.id = rs.section_id
    JOIN section_texts t ON t.id = rs.text_id;

CREATE VIEW change_feed AS            -- one row per change, ready to read
  SELECT ch.id, r.seen_from, r.unseen_since, r.page_id AS page, r.title AS page_title, r.seq AS revision, r.cause,
         ch.ordinal, ch.kind, ch.class, ch.what, ch.where_on_page, ch.before, ch.after, ch.why,
         ch.section_id,
         (SELECT min(b.seq) FROM revisions b
           WHERE b.page_id = r.page_id AND b.digest = r.digest AND b.seq < r.seq) AS returns_to
    FROM changes ch
    JOIN revisions r ON r.id = ch.revision_id;

CREATE VIEW chrome_feed AS            -- one row per site-wide change of the chrome, ready to read
  SELECT k.id, k.seen_from, k.unseen_since, r.site, k.address, k.run_id AS run, k.cause, k.ordinal, k.kind, k.class,
         k.what, k.part, k.before, k.after, k.why, k.pages
    FROM chrome_changes k
    JOIN runs r ON r.id = k.run_id;

CREATE VIEW current_links AS          -- the links that stand on the pages now
  SELECT l.page_id AS page, s.key AS section, l.label, l.url, l.kind, f.seen_from AS since
    FROM links l
    JOIN revisions f ON f.id = l.from_revision
    LEFT JOIN sections s ON s.id = l.section_id
   WHERE l.to_revision IS NULL;

CREATE VIEW current_films AS          -- the films that stand on the pages now
  SELECT m.page_id AS page, s.key AS section, m.title, m.url, f.seen_from AS since
    FROM films m
    JOIN revisions f ON f.id = m.from_revision
    LEFT JOIN sections s ON s.id = m.section_id
   WHERE m.to_revision IS NULL;

CREATE VIEW fetch_log AS              -- every look, so that unchanged, blocked, failed and not looked at are told apart
  SELECT c.id AS capture, c.run_id AS run, c.fetched_at, c.page_id AS page, c.purpose, u.url AS address, c.outcome,
         c.status, l.url AS location, g.verdict, r.seq AS revision, c.body_id AS body, b.size AS body_bytes,
         c.complete, c.attempts, c.elapsed_ms, c.peer, c.tls_version, c.certificate, c.robots, c.error, g.why
    FROM captures c
    JOIN urls u ON u.id = c.url_id
    LEFT JOIN urls l ON l.id = c.location_id
    LEFT JOIN bodies b ON b.id = c.body_id
    LEFT JOIN readings g ON g.capture_id = c.id
    LEFT JOIN revisions r ON r.id = g.revision_id;

CREATE VIEW servers AS                -- one row per machine that answered for a host, and certificate that it showed
  SELECT u.host, c.peer, c.tls_version, c.certificate, count(*) AS looks,
         min(c.fetched_at) AS first_seen, max(c.fetched_at) AS last_seen
    FROM captures c
    JOIN urls u ON u.id = c.url_id
   WHERE c.peer IS NOT NULL
   GROUP BY u.host, c.peer, c.tls_version, c.certificate;

CREATE VIEW quarantine_list AS        -- one row per content that seems not to be the page; see `tidslager quarantine`
  SELECT q.page_id AS page, min(q.capture_id) AS entry, q.doubt, q.why, count(*) AS looks,
         min(c.fetched_at) AS first_seen, max(c.fetched_at) AS last_seen,
         coalesce((SELECT d.decision || 'ed' FROM decisions d LEFT JOIN quarantine o ON o.capture_id = d.capture_id
                    WHERE d.page_id = q.page_id AND (d.digest = q.digest OR o.digest = q.digest)
                    ORDER BY d.id DESC LIMIT 1),
                  CASE WHEN max(g.revision_id) IS NOT NULL THEN 'believed'
                       WHEN max(c.fetched_at) < (SELECT max(lc.fetched_at) FROM captures lc
                              JOIN readings lg ON lg.capture_id = lc.id
                             WHERE lc.page_id = q.page_id AND (lg.revision_id IS NOT NULL OR lg.verdict = 'suspect'))
                         THEN 'past' ELSE 'open' END) AS state,
         lower(hex(q.digest)) AS digest
    FROM quarantine q
    JOIN captures c ON c.id = q.capture_id
    JOIN readings g ON g.capture_id = q.capture_id
   GROUP BY q.page_id, coalesce(q.digest, q.why);

CREATE VIEW page_events AS            -- what happened to the set of pages: who came, went, moved, was linked or not
  SELECT r.page_id AS page,
         CASE WHEN r.seq = 1 THEN 'appeared' WHEN r.state IN ('gone', 'moved') THEN r.state ELSE 'back' END AS event,
         r.seen_from, r.unseen_since, c.run_id AS run, ch.before, ch.after, NULL AS by_page
    FROM revisions r
    JOIN captures c ON c.id = r.capture_id
    LEFT JOIN revisions b ON b.page_id = r.page_id AND b.seq = r.seq - 1
    LEFT JOIN changes ch ON ch.revision_id = r.id AND ch.ordinal = 1 AND ch.kind = 'moved' AND ch.what = 'page'
   WHERE r.seq = 1 OR r.state IN ('gone', 'moved') OR b.state IN ('gone', 'moved')
  UNION ALL                           -- found at another address than in the run before, and not at that one any more
  SELECT c.page_id, 'moved', c.fetched_at, o.fetched_at, c.run_id, ou.url, u.url, NULL
    FROM captures c
    JOIN readings g ON g.capture_id = c.id AND g.revision_id IS NOT NULL
    JOIN captures o ON o.id = (
           SELECT e.id FROM captures e JOIN readings eg ON eg.capture_id = e.id AND eg.revision_id IS NOT NULL
            WHERE e.page_id = c.page_id AND e.fetched_at < c.fetched_at AND e.run_id <> c.run_id
              AND e.outcome IN ('fetched', 'not_modified')
            ORDER BY e.fetched_at DESC, e.id DESC LIMIT 1)
    JOIN urls u ON u.id = c.url_id
    JOIN urls ou ON ou.id = o.url_id
   WHERE c.outcome IN ('fetched', 'not_modified') AND o.url_id <> c.url_id
     AND NOT EXISTS (SELECT 1 FROM captures s WHERE s.run_id = c.run_id AND s.page_id = c.page_id AND s.id <> c.id
                        AND s.outcome IN ('fetched', 'not_modified') AND (s.url_id = o.url_id OR s.id < c.id))
  UNION ALL                           -- a start page no longer links to it
  SELECT DISTINCT pu.page_id, 'unlinked', r.seen_from, r.unseen_since, c.run_id, NULL, NULL, r.page_id
    FROM links l
    JOIN revisions t ON t.id = l.to_revision
    JOIN revisions r ON r.page_id = l.page_id AND r.seq = (
           SELECT min(n.seq) FROM revisions n WHERE n.page_id = l.page_id AND n.seq >= t.seq AND n.state = 'live')
    JOIN captures c ON c.id = r.capture_id
    JOIN urls u ON u.url = substr(l.url, 1, instr(l.url || '#', '#') - 1)
    JOIN page_urls pu ON pu.url_id = u.id AND pu.page_id <> l.page_id
    JOIN pages p ON p.id = pu.page_id
    JOIN pages h ON h.id = l.page_id AND h.site = p.site
   WHERE r.cause = 'source' AND EXISTS (SELECT 1 FROM page_urls WHERE page_id = l.page_id AND why = 'seed')
     AND NOT EXISTS (SELECT 1 FROM page_links k WHERE k.hub = l.page_id AND k.page = pu.page_id
                        AND k.from_seq <= r.seq AND (k.to_seq IS NULL OR k.to_seq > r.seq))
  UNION ALL                           -- a start page links to it that had stopped doing so
  SELECT DISTINCT k.page, 'linked again', r.seen_from, r.unseen_since, c.run_id, NULL, NULL, r.page_id
    FROM page_links k
    JOIN revisions r ON r.page_id = k.hub AND r.seq = k.from_seq AND r.cause = 'source'
    JOIN captures c ON c.id = r.capture_id
   WHERE EXISTS (SELECT 1 FROM page_urls WHERE page_id = k.hub AND why = 'seed')
     AND EXISTS (SELECT 1 FROM page_links e WHERE e.hub = k.hub AND e.page = k.page AND e.from_seq < r.seq)
     AND NOT EXISTS (
           SELECT 1 FROM page_links e WHERE e.hub = k.hub AND e.page = k.page AND e.from_seq < r.seq
              AND (e.to_seq IS NULL OR e.to_seq > (SELECT max(n.seq) FROM revisions n
                     WHERE n.page_id = k.hub AND n.seq < r.seq AND n.state = 'live')));

CREATE VIEW page_links AS             -- which page of a collection linked to which other, from and up to which revision
  SELECT l.page_id AS hub, pu.page_id AS page, f.seq AS from_seq, t.seq AS to_seq
    FROM links l
    JOIN revisions f ON f.id = l.from_revision
    LEFT JOIN revisions t ON t.id = l.to_revision
    JOIN urls u ON u.url = substr(l.url, 1, instr(l.url || '#', '#') - 1)
    JOIN page_urls pu ON pu.url_id = u.id AND pu.page_id <> l.page_id
    JOIN pages p ON p.id = pu.page_id
    JOIN pages h ON h.id = l.page_id AND h.site = p.site;

CREATE VIEW coverage AS               -- per page: the last look, the last good look, and what has been wrong since
  SELECT g.page, g.site, g.last_look, g.last_good_look, l.outcome AS last_outcome, lr.verdict AS last_verdict,
         (SELECT min(c.fetched_at) FROM captures c LEFT JOIN readings r ON r.capture_id = c.id
           WHERE c.page_id = g.page AND c.fetched_at > coalesce(g.last_good_look, '')
             AND coalesce(r.verdict, '') <> 'elsewhere') AS trouble_since,
         (SELECT count(*) FROM captures c LEFT JOIN readings r ON r.capture_id = c.id
           WHERE c.page_id = g.page AND c.fetched_at > coalesce(g.last_good_look, '')
             AND coalesce(r.verdict, '') <> 'elsewhere') AS trouble_looks,
         CASE WHEN l.fetched_at > coalesce(g.last_good_look, '') AND coalesce(lr.verdict, '') <> 'elsewhere'
              THEN coalesce(l.error, nullif(lr.why, ''), l.robots, l.outcome) END AS trouble,
         CASE WHEN l.fetched_at > coalesce(g.last_good_look, '') THEN q.doubt END AS doubt
    FROM (SELECT p.id AS page, p.site,
                 (SELECT max(c.fetched_at) FROM captures c WHERE c.page_id = p.id) AS last_look,
                 (SELECT max(c.fetched_at) FROM captures c JOIN readings r ON r.capture_id = c.id
                   WHERE c.page_id = p.id AND r.revision_id IS NOT NULL) AS last_good_look
            FROM pages p) g
    LEFT JOIN captures l ON l.id = (
           SELECT c.id FROM captures c WHERE c.page_id = g.page ORDER BY c.fetched_at DESC, c.id DESC LIMIT 1)
    LEFT JOIN readings lr ON lr.capture_id = l.id
    LEFT JOIN quarantine q ON q.capture_id = l.id;
"""


@migrations()
def m003_views(db: Database) -> None:
    """Layer 3."""
    run_script(db, VIEWS + EXAMPLE_VIEWS)
