"""The tables of evidence and their guards: what a run writes once, and the doors through which it may leave."""

from __future__ import annotations

TIME = "GLOB '????-??-??T??:??:??.???Z'"
"""Shape of every time in the archive, for a CHECK."""

EVIDENCE = f"""
CREATE TABLE runs (                   -- one crawl of one site
  id            INTEGER PRIMARY KEY,
  site          TEXT NOT NULL,        -- name of the site
  started_at    TEXT NOT NULL CHECK (started_at {TIME}),
  finished_at   TEXT CHECK (finished_at {TIME}),
  status        TEXT NOT NULL DEFAULT 'running'
                CHECK (status IN ('running', 'ok', 'partial', 'drift', 'failed', 'interrupted')),
  tool_version  TEXT NOT NULL,        -- version of Tidslager
  config        TEXT NOT NULL CHECK (json_valid(config)),  -- the site as it was in force, JSON; settings may be erased
  config_digest BLOB NOT NULL CHECK (length(config_digest) = 32),  -- SHA-256 of config, whole
  summary       TEXT NOT NULL DEFAULT '{{}}' CHECK (json_valid(summary)),  -- pages by what came of them
  root          BLOB CHECK (length(root) = 32),  -- Merkle root over the evidence that the run wrote; NULL while it runs
  head          BLOB UNIQUE CHECK (length(head) = 32),  -- seals this row and, through the head before it, all before
  leaves        BLOB CHECK (length(leaves) % 8 = 0)  -- first 8 bytes of each leaf: says where, when the root differs
) STRICT;
CREATE INDEX runs_status ON runs (status);  -- finds those that were stopped

CREATE TABLE urls (                   -- each address, written once
  id   INTEGER PRIMARY KEY,
  url  TEXT NOT NULL UNIQUE,
  salt BLOB DEFAULT (randomblob(16)), -- goes with the address when it is erased, so that no guess can be confirmed
  host TEXT GENERATED ALWAYS AS (
         substr(substr(url, instr(url, '://') + 3), 1,
                instr(substr(url, instr(url, '://') + 3) || '/', '/') - 1)) VIRTUAL  -- with the port, where one stands
) STRICT;

CREATE TABLE bodies (                 -- entity bodies, each content once, named by the hash of its exact bytes
  id     INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  size   INTEGER NOT NULL CHECK (size >= 0),  -- bytes, before compression
  how    INTEGER NOT NULL CHECK (how BETWEEN 0 AND 5),  -- what codec says, as a number
  base   INTEGER REFERENCES bodies(id) CHECK (base < id),  -- earlier body that this one is written as a difference from
  helper INTEGER REFERENCES bodies(id) CHECK (helper < id),  -- body of another page that says what is new on both
  data   BLOB,                        -- NULL only where redacted
  codec  TEXT GENERATED ALWAYS AS (CASE how
           WHEN 0 THEN 'slots'        -- what stands in the slots of the base's template
           WHEN 1 THEN 'delta'        -- compressed with the helper, where there is one, and the base as dictionary
           WHEN 2 THEN 'zstd'         -- compressed alone
           WHEN 3 THEN 'raw'          -- as it is
           WHEN 4 THEN 'redacted'
           WHEN 5 THEN 'filled' END) VIRTUAL,  -- values of slots, and a delta from the base with these in its slots
  CHECK ((data IS NULL) = (how = 4)),
  CHECK ((base IS NULL) = (how BETWEEN 2 AND 4)),
  CHECK (helper IS NULL OR how IN (1, 5))
) STRICT;
CREATE INDEX bodies_name ON bodies (substr(sha256, 1, 3));  -- the start finds it; 29 bytes a body less than all of it

CREATE TABLE templates (              -- where the captures of a page differ without an editor; no words of the page
  base  INTEGER PRIMARY KEY REFERENCES bodies(id),  -- body that the slots are in
  whole INTEGER REFERENCES templates(base),  -- earlier one, kept whole, that this one is compressed with; NULL: whole
  data  BLOB NOT NULL                 -- the slots and their kinds, see archive/template.py
) STRICT;

CREATE TABLE dictionaries (           -- bodies that say what others of their site may say too: dictionaries and helpers
  body_id INTEGER PRIMARY KEY REFERENCES bodies(id),
  site    TEXT NOT NULL
) STRICT;

CREATE TABLE rebasings (              -- bodies that were written anew before the body that they were based on left
  id      INTEGER PRIMARY KEY,
  body_id INTEGER NOT NULL REFERENCES bodies(id),
  base    INTEGER NOT NULL REFERENCES bodies(id),  -- what it was based on
  helper  INTEGER REFERENCES bodies(id),
  codec   TEXT NOT NULL               -- and how; its hash and size stayed
) STRICT;
CREATE INDEX rebasings_body ON rebasings (body_id);

CREATE TABLE header_sets (            -- heads of requests and answers: lines in their order and case, byte for byte
  id   INTEGER PRIMARY KEY,
  base INTEGER REFERENCES header_sets(id) CHECK (base < id),  -- a head that is whole
  size INTEGER NOT NULL,              -- bytes of the head
  head BLOB NOT NULL,                 -- as it is; where it has a base, compressed with that as dictionary
  salt BLOB DEFAULT (randomblob(16))  -- as in urls
) STRICT;
CREATE INDEX header_sets_whole ON header_sets (head) WHERE base IS NULL;

CREATE TABLE pages (                  -- an identity that survives address moves
  id        INTEGER PRIMARY KEY,      -- the page's number, as people cite it
  site      TEXT NOT NULL,
  cms_key   TEXT,                     -- the CMS's own number for it, "skr.se/10794", of an address without a query
  first_run INTEGER NOT NULL REFERENCES runs(id)
) STRICT;
CREATE UNIQUE INDEX pages_cms_key ON pages (site, cms_key) WHERE cms_key IS NOT NULL;

CREATE TABLE page_urls (              -- which address meant which page, from which run on; the latest counts
  page_id  INTEGER NOT NULL REFERENCES pages(id),
  url_id   INTEGER NOT NULL REFERENCES urls(id),
  from_run INTEGER NOT NULL REFERENCES runs(id),
  why      TEXT NOT NULL CHECK (why IN ('seed', 'link', 'redirect', 'canonical', 'cms_key', 'manual')),
  PRIMARY KEY (url_id, from_run, page_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX page_urls_page ON page_urls (page_id, from_run);

CREATE TABLE captures (               -- one HTTP exchange as it happened, whatever came of it
  id          INTEGER PRIMARY KEY,
  run_id      INTEGER NOT NULL REFERENCES runs(id),
  url_id      INTEGER NOT NULL REFERENCES urls(id),    -- the address asked for
  page_id     INTEGER REFERENCES pages(id),            -- NULL for robots.txt
  purpose     TEXT NOT NULL CHECK (purpose IN ('page', 'document', 'robots')),
  via         INTEGER REFERENCES captures(id),         -- the redirect that led here
  fetched_at  TEXT NOT NULL CHECK (fetched_at {TIME}),
  outcome     TEXT NOT NULL CHECK (outcome IN ('fetched', 'not_modified', 'redirected', 'gone', 'http_error',
                'robots_denied', 'left_alone', 'out_of_scope', 'timeout', 'network_error', 'tls_error', 'too_large',
                'refused_address')),
  status      INTEGER CHECK (status BETWEEN 100 AND 999),
  location_id INTEGER REFERENCES urls(id),             -- where a redirect leads
  request_id  INTEGER REFERENCES header_sets(id),      -- the request as sent
  head_id     INTEGER REFERENCES header_sets(id),      -- the response head as received
  body_id     INTEGER REFERENCES bodies(id),           -- of a 304: the body it says to be still the page
  confirms    INTEGER REFERENCES captures(id),         -- of a 304: the capture whose body that is
  complete    INTEGER NOT NULL DEFAULT 1 CHECK (complete IN (0, 1)),  -- 0: the body was cut
  attempts    INTEGER NOT NULL CHECK (attempts >= 0),  -- requests made, retries counted
  elapsed_ms  INTEGER NOT NULL CHECK (elapsed_ms >= 0),
  peer        TEXT,                                    -- server address and port
  tls         TEXT,                                    -- version and certificate digest
  tls_version TEXT GENERATED ALWAYS AS (substr(tls, 1, instr(tls, ' ') - 1)) VIRTUAL,  -- "TLSv1.3"; NULL on plain http
  certificate TEXT GENERATED ALWAYS AS (substr(tls, instr(tls, ':') + 1)) VIRTUAL,  -- its SHA-256; NULL on plain http
  robots      TEXT,                                    -- the robots verdict
  error       TEXT,                                    -- what went wrong, one sentence
  CHECK ((confirms IS NULL) = (outcome <> 'not_modified'))
) STRICT;
-- Asked once a run, and writing it again changes nothing; a robots.txt once at a time, as its rules last for a day.
CREATE UNIQUE INDEX captures_once ON captures (run_id, url_id, CASE purpose WHEN 'robots' THEN fetched_at ELSE 0 END);
CREATE INDEX captures_page ON captures (page_id, fetched_at) WHERE page_id IS NOT NULL;
CREATE INDEX captures_confirms ON captures (confirms) WHERE confirms IS NOT NULL;
CREATE INDEX captures_body ON captures (body_id) WHERE body_id IS NOT NULL;
CREATE INDEX captures_location ON captures (location_id) WHERE location_id IS NOT NULL;

CREATE TABLE sealed_records (         -- page records as a run that sealed them had read them, whatever is read later
  capture_id INTEGER PRIMARY KEY REFERENCES captures(id),  -- the capture that the record was read from
  run_id     INTEGER NOT NULL REFERENCES runs(id),         -- the run that sealed it
  parser     TEXT NOT NULL,           -- version of our reading
  digest     BLOB CHECK (length(digest) = 32),  -- SHA-256 of the page record; NULL where it was erased
  salt       BLOB DEFAULT (randomblob(16))      -- as in urls
) STRICT;
CREATE INDEX sealed_records_run ON sealed_records (run_id);

CREATE TABLE decisions (              -- what a person said of a suspect: the content is the page (accept) or is not
  id         INTEGER PRIMARY KEY,
  page_id    INTEGER NOT NULL REFERENCES pages(id),
  capture_id INTEGER NOT NULL REFERENCES captures(id),     -- the look that showed it first
  digest     BLOB CHECK (length(digest) = 32),  -- SHA-256 of the page record as it was read then; NULL: erased
  decision   TEXT NOT NULL CHECK (decision IN ('accept', 'reject')),  -- the latest on a content counts
  after_run  INTEGER NOT NULL DEFAULT 0,                   -- the newest run then; the run after it seals this row
  decided_at TEXT NOT NULL CHECK (decided_at {TIME}),
  decided_by TEXT NOT NULL,                                -- who
  why        TEXT NOT NULL,                                -- in the person's own words, or ''
  salt       BLOB DEFAULT (randomblob(16))                 -- as in urls
) STRICT;
CREATE INDEX decisions_page ON decisions (page_id);
CREATE INDEX decisions_capture ON decisions (capture_id);
CREATE INDEX decisions_after ON decisions (after_run);

CREATE TABLE redactions (             -- the only door through which evidence may leave; what left is told here for ever
  id          INTEGER PRIMARY KEY,
  what        TEXT NOT NULL DEFAULT 'body'
              CHECK (what IN ('body', 'url', 'head', 'error', 'robots', 'record', 'decision', 'config')),
  body_id     INTEGER REFERENCES bodies(id),
  url_id      INTEGER REFERENCES urls(id),
  head_id     INTEGER REFERENCES header_sets(id),
  capture_id  INTEGER REFERENCES captures(id),  -- for error, robots and record
  run_id      INTEGER REFERENCES runs(id),      -- for config
  decision_id INTEGER REFERENCES decisions(id),
  commitment  BLOB CHECK (length(commitment) = 32),  -- what the run's seal knows of it, NULL where its hash stays; for
                                                     -- config the SHA-256 of what is left
  pruned      INTEGER NOT NULL DEFAULT 0 CHECK (pruned IN (0, 1)),  -- 1: let go by `prune`; 0: erased by `redact`
  after_run   INTEGER NOT NULL DEFAULT 0,       -- the newest run then; the run after it seals this row
  redacted_at TEXT NOT NULL CHECK (redacted_at {TIME}),
  reason      TEXT NOT NULL,
  CHECK ((body_id IS NOT NULL) + (url_id IS NOT NULL) + (head_id IS NOT NULL) + (capture_id IS NOT NULL)
         + (run_id IS NOT NULL) + (decision_id IS NOT NULL) = 1)
) STRICT;
CREATE INDEX redactions_body ON redactions (body_id) WHERE body_id IS NOT NULL;
CREATE INDEX redactions_url ON redactions (url_id) WHERE url_id IS NOT NULL;
CREATE INDEX redactions_head ON redactions (head_id) WHERE head_id IS NOT NULL;
CREATE INDEX redactions_capture ON redactions (capture_id) WHERE capture_id IS NOT NULL;
CREATE INDEX redactions_after ON redactions (after_run);
"""

# A run is the one row of evidence that is finished later; once finished it stands.
GUARDS = """
CREATE TRIGGER runs_finished BEFORE UPDATE ON runs
  WHEN NOT (new.id = old.id AND new.site = old.site AND new.started_at = old.started_at
    AND new.tool_version = old.tool_version AND new.config_digest = old.config_digest
    AND ((old.status = 'running' AND new.config = old.config)
      OR (NOT EXISTS (SELECT key, type, value FROM json_each(new.config)
          EXCEPT SELECT key, type, value FROM json_each(old.config))
        AND new.status = old.status AND new.finished_at IS old.finished_at AND new.summary = old.summary
        AND new.root IS old.root AND new.head IS old.head AND new.leaves IS old.leaves
        AND EXISTS (SELECT 1 FROM redactions WHERE run_id = old.id))))
  BEGIN SELECT RAISE(ABORT, 'runs are append-only: only a running one may be finished'); END;
CREATE TRIGGER bodies_once BEFORE INSERT ON bodies
  WHEN EXISTS (SELECT 1 FROM bodies WHERE substr(sha256, 1, 3) = substr(new.sha256, 1, 3) AND sha256 = new.sha256)
  BEGIN SELECT RAISE(ABORT, 'bodies are kept once: one of this hash is there'); END;
CREATE TRIGGER bodies_no_update BEFORE UPDATE ON bodies
  WHEN NOT (new.id = old.id AND new.sha256 = old.sha256 AND new.size = old.size AND (
    (new.how = 4 AND EXISTS (SELECT 1 FROM redactions WHERE body_id = old.id)
      AND NOT EXISTS (SELECT 1 FROM bodies WHERE old.id IN (base, helper)))
    OR (new.how BETWEEN 1 AND 3 AND new.helper IS NULL
      AND (coalesce(new.base > old.base, old.base IS NOT NULL) OR (new.base = old.base AND old.helper IS NOT NULL))
      AND EXISTS (SELECT 1 FROM rebasings WHERE body_id = old.id AND base = old.base AND helper IS old.helper
        AND codec = old.codec))))
  BEGIN SELECT RAISE(ABORT, 'bodies are append-only: a redaction is the only door, once no body needs it'); END;
"""
APPEND_ONLY = (
    "urls", "templates", "dictionaries", "rebasings", "header_sets", "pages", "page_urls", "captures", "sealed_records",
    "decisions", "redactions",
)  # fmt: skip
KEPT_FOR_EVER = ("runs", "bodies", *APPEND_ONLY)

_SAME_CAPTURE = " AND ".join(
    f"new.{column} IS old.{column}"
    for column in (
        "id", "run_id", "url_id", "page_id", "purpose", "via", "fetched_at", "outcome", "status", "location_id",
        "request_id", "head_id", "body_id", "confirms", "complete", "attempts", "elapsed_ms", "peer", "tls",
    )
)  # fmt: skip
# What may change in a row of evidence all the same: text that is announced in redactions becomes a mark that says so.
DOORS = {
    "urls": "new.id = old.id AND new.url = 'redacted:' || old.id AND new.salt IS NULL"
    " AND EXISTS (SELECT 1 FROM redactions WHERE url_id = old.id)",
    "header_sets": "new.id = old.id AND ((new.head = CAST('redacted:' || old.id AS BLOB) AND new.salt IS NULL"
    " AND new.base IS NULL AND new.size = length(new.head)"
    " AND EXISTS (SELECT 1 FROM redactions WHERE head_id = old.id)"
    " AND NOT EXISTS (SELECT 1 FROM header_sets WHERE base = old.id))"
    " OR (new.size = old.size AND new.salt IS old.salt AND coalesce(new.base > old.base, old.base IS NOT NULL)"
    " AND EXISTS (SELECT 1 FROM redactions WHERE head_id = old.base)))",
    "captures": f"{_SAME_CAPTURE}"
    " AND (new.error IS old.error OR (new.error = 'redacted'"
    " AND EXISTS (SELECT 1 FROM redactions WHERE capture_id = old.id AND what = 'error')))"
    " AND (new.robots IS old.robots OR (new.robots = 'redacted'"
    " AND EXISTS (SELECT 1 FROM redactions WHERE capture_id = old.id AND what = 'robots')))"
    " AND (new.error IS NOT old.error OR new.robots IS NOT old.robots)",
    "sealed_records": "new.capture_id = old.capture_id AND new.run_id = old.run_id AND new.parser = old.parser"
    " AND new.digest IS NULL AND new.salt IS NULL"
    " AND EXISTS (SELECT 1 FROM redactions WHERE capture_id = old.capture_id AND what = 'record')",
    "decisions": "new.id = old.id AND new.page_id = old.page_id AND new.capture_id = old.capture_id"
    " AND new.decision = old.decision AND new.after_run = old.after_run AND new.decided_at = old.decided_at"
    " AND new.digest IS NULL AND new.decided_by = 'redacted' AND new.why = 'redacted' AND new.salt IS NULL"
    " AND EXISTS (SELECT 1 FROM redactions WHERE decision_id = old.id)",
}
