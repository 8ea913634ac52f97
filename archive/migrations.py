"""The only DDL: what an archive file is made of, in three layers.

evidence    runs, urls, bodies, templates, dictionaries, rebasings, header_sets, pages, page_urls, captures,
            sealed_records, decisions, redactions. Append-only, guarded by triggers; each run's part of it is sealed by
            the run's head (`archive.chain`).
derived     readings, quarantine, revisions, section_texts, sections, revision_sections, links, films, people, changes,
            and for the chrome chrome_parts, chromes, reading_chrome, chrome_changes. All of it can be dropped and
            rebuilt from the evidence.
log         rereadings: what a rebuild made of revisions that had been kept otherwise. Append-only.
views       the documented surface for people, Datasette, sqlite-utils and the command line alike.

Times are TEXT, UTC, `YYYY-MM-DDTHH:MM:SS.mmmZ`. A comment behind a column is its documentation: docs/data-model.md is
made from this file.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x54696473  # "Tids", so that file(1) and we ourselves know an archive from any other SQLite file

migrations = Migrations("tidslager")

_TIME = "GLOB '????-??-??T??:??:??.???Z'"

EVIDENCE = f"""
CREATE TABLE runs (                   -- one crawl of one site
  id            INTEGER PRIMARY KEY,
  site          TEXT NOT NULL,        -- name of the site
  started_at    TEXT NOT NULL CHECK (started_at {_TIME}),
  finished_at   TEXT CHECK (finished_at {_TIME}),
  status        TEXT NOT NULL DEFAULT 'running'
                CHECK (status IN ('running', 'ok', 'partial', 'drift', 'failed', 'interrupted')),
  tool_version  TEXT NOT NULL,        -- version of Tidslager
  config        TEXT NOT NULL CHECK (json_valid(config)),  -- the site as it was in force, JSON
  config_digest BLOB NOT NULL CHECK (length(config_digest) = 32),  -- SHA-256 of config
  summary       TEXT NOT NULL DEFAULT '{{}}' CHECK (json_valid(summary)),  -- pages by what came of them
  root          BLOB CHECK (length(root) = 32),  -- Merkle root over the evidence that the run wrote; NULL while it runs
  head          BLOB UNIQUE CHECK (length(head) = 32),  -- seals this row and, through the head before it, all before
  leaves        BLOB CHECK (length(leaves) % 8 = 0)  -- first 8 bytes of each leaf: says where, when the root differs
) STRICT;

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
  codec  TEXT NOT NULL CHECK (codec IN (
           'raw',                     -- as it is
           'zstd',                    -- compressed alone
           'delta',                   -- compressed with the base as dictionary
           'slots',                   -- what stands in the slots of the base's template
           'redacted')),
  base   INTEGER REFERENCES bodies(id) CHECK (base < id),  -- earlier body that this one is written as a difference from
  data   BLOB,                        -- NULL only where redacted
  CHECK ((data IS NULL) = (codec = 'redacted')),
  CHECK ((base IS NULL) = (codec NOT IN ('delta', 'slots')))
) STRICT;
CREATE INDEX bodies_name ON bodies (substr(sha256, 1, 3));  -- the start finds it; 29 bytes a body less than all of it

CREATE TABLE templates (              -- where the captures of a page differ without an editor; no words of the page
  base INTEGER PRIMARY KEY REFERENCES bodies(id),  -- body that the slots are in
  data BLOB NOT NULL                  -- the slots and their kinds, see archive/template.py
) STRICT;

CREATE TABLE dictionaries (           -- bodies that the first bodies of a site's pages are written as differences from
  body_id INTEGER PRIMARY KEY REFERENCES bodies(id),
  site    TEXT NOT NULL
) STRICT;

CREATE TABLE rebasings (              -- bodies that were written anew before the body that they were based on left
  id      INTEGER PRIMARY KEY,
  body_id INTEGER NOT NULL REFERENCES bodies(id),
  base    INTEGER NOT NULL REFERENCES bodies(id),  -- what it was based on
  codec   TEXT NOT NULL               -- and how; its hash and size stayed
) STRICT;
CREATE INDEX rebasings_body ON rebasings (body_id);

CREATE TABLE header_sets (            -- heads of requests and answers: lines in their order and case, byte for byte
  id   INTEGER PRIMARY KEY,
  head BLOB NOT NULL UNIQUE,
  salt BLOB DEFAULT (randomblob(16))  -- as in urls
) STRICT;

CREATE TABLE pages (                  -- an identity that survives address moves
  id        INTEGER PRIMARY KEY,      -- the page's number, as people cite it
  site      TEXT NOT NULL,
  cms_key   TEXT,                     -- the CMS's own number for it, "skr.se/10794", where its address shows one
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
  purpose     TEXT NOT NULL CHECK (purpose IN ('page', 'robots')),
  via         INTEGER REFERENCES captures(id),         -- the redirect that led here
  fetched_at  TEXT NOT NULL CHECK (fetched_at {_TIME}),
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
  robots      TEXT,                                    -- the robots verdict
  error       TEXT,                                    -- what went wrong, one sentence
  UNIQUE (run_id, url_id),                             -- asked once a run: writing it again changes nothing
  CHECK ((confirms IS NULL) = (outcome <> 'not_modified'))
) STRICT;
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
  decided_at TEXT NOT NULL CHECK (decided_at {_TIME}),
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
  commitment  BLOB CHECK (length(commitment) = 32),  -- what the run's seal knows of it; NULL where its hash stays
  pruned      INTEGER NOT NULL DEFAULT 0 CHECK (pruned IN (0, 1)),  -- 1: let go by `prune`; 0: erased by `redact`
  after_run   INTEGER NOT NULL DEFAULT 0,       -- the newest run then; the run after it seals this row
  redacted_at TEXT NOT NULL CHECK (redacted_at {_TIME}),
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
      OR (new.config = '{}' AND new.status = old.status AND new.finished_at IS old.finished_at
        AND new.summary = old.summary AND new.root IS old.root AND new.head IS old.head AND new.leaves IS old.leaves
        AND EXISTS (SELECT 1 FROM redactions WHERE run_id = old.id))))
  BEGIN SELECT RAISE(ABORT, 'runs are append-only: only a running one may be finished'); END;
CREATE TRIGGER bodies_once BEFORE INSERT ON bodies
  WHEN EXISTS (SELECT 1 FROM bodies WHERE substr(sha256, 1, 3) = substr(new.sha256, 1, 3) AND sha256 = new.sha256)
  BEGIN SELECT RAISE(ABORT, 'bodies are kept once: one of this hash is there'); END;
CREATE TRIGGER bodies_no_update BEFORE UPDATE ON bodies
  WHEN NOT (new.id = old.id AND new.sha256 = old.sha256 AND new.size = old.size AND (
    (new.codec = 'redacted' AND EXISTS (SELECT 1 FROM redactions WHERE body_id = old.id)
      AND NOT EXISTS (SELECT 1 FROM bodies WHERE base = old.id))
    OR (new.codec IN ('raw', 'zstd', 'delta') AND coalesce(new.base > old.base, old.base IS NOT NULL)
      AND EXISTS (SELECT 1 FROM rebasings WHERE body_id = old.id AND base = old.base AND codec = old.codec))))
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
    "header_sets": "new.id = old.id AND new.head = CAST('redacted:' || old.id AS BLOB) AND new.salt IS NULL"
    " AND EXISTS (SELECT 1 FROM redactions WHERE head_id = old.id)",
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

DERIVED = f"""
CREATE TABLE readings (               -- what the parser made of a capture of a page
  capture_id    INTEGER PRIMARY KEY REFERENCES captures(id),
  parser        TEXT NOT NULL,        -- version of our reading
  verdict       TEXT NOT NULL
                CHECK (verdict IN ('page', 'not_html', 'unparsable', 'suspect', 'gone', 'elsewhere')),
  why           TEXT NOT NULL DEFAULT '',  -- reason for any other verdict than page
  layout        TEXT NOT NULL DEFAULT '',
  encoding      TEXT NOT NULL DEFAULT '',
  encoding_from TEXT NOT NULL DEFAULT '',
  remarks       TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(remarks)),
  revision_id   INTEGER REFERENCES revisions(id) ON DELETE CASCADE  -- what the page was when we looked
) STRICT;
CREATE INDEX readings_revision ON readings (revision_id);

CREATE TABLE quarantine (             -- looks that seem not to have seen the page: kept, never told as a change
  capture_id INTEGER PRIMARY KEY REFERENCES captures(id),
  page_id    INTEGER NOT NULL REFERENCES pages(id),
  doubt      TEXT NOT NULL CHECK (doubt IN ('challenge', 'login', 'consent', 'front_page', 'soft_404', 'empty', 'drift',
               'loss', 'language', 'encoding')),
  why        TEXT NOT NULL,           -- one sentence
  digest     BLOB CHECK (length(digest) = 32),  -- SHA-256 of the page record; NULL where there is none
  record     TEXT CHECK (record IS NULL OR json_valid(record))  -- page record, once per content
) STRICT;
CREATE INDEX quarantine_page ON quarantine (page_id, digest);

CREATE TABLE revisions (              -- the n-th distinct content of a page; ends where the next one begins
  id           INTEGER PRIMARY KEY,
  page_id      INTEGER NOT NULL REFERENCES pages(id),
  seq          INTEGER NOT NULL CHECK (seq >= 1),
  state        TEXT NOT NULL CHECK (state IN ('live', 'gone', 'moved', 'withheld')),
  cause        TEXT NOT NULL CHECK (cause IN ('source', 'parser')),
  seen_from    TEXT NOT NULL CHECK (seen_from {_TIME}),      -- first look that saw it
  unseen_since TEXT CHECK (unseen_since {_TIME}),            -- last look before that: the change lies between the two
  capture_id   INTEGER NOT NULL REFERENCES captures(id),
  digest       BLOB CHECK (length(digest) = 32),             -- SHA-256 of the page record; NULL unless live
  title        TEXT NOT NULL,
  metadata     TEXT NOT NULL DEFAULT '{{}}' CHECK (json_valid(metadata)),  -- the page record without its sections
  preamble     TEXT NOT NULL DEFAULT '',
  degree       REAL CHECK (degree BETWEEN 0 AND 1),          -- share of words that changed; NULL for a first revision
  published    TEXT GENERATED ALWAYS AS (json_extract(metadata, '$.published.on')) VIRTUAL,
  updated      TEXT GENERATED ALWAYS AS (json_extract(metadata, '$.updated.on')) VIRTUAL,
  responsible  TEXT GENERATED ALWAYS AS (json_extract(metadata, '$.responsible.name')) VIRTUAL,
  CHECK ((digest IS NULL) = (state <> 'live')),
  UNIQUE (page_id, seq)
) STRICT;
CREATE INDEX revisions_as_of ON revisions (page_id, seen_from, seq);
CREATE INDEX revisions_time ON revisions (seen_from);
CREATE INDEX revisions_capture ON revisions (capture_id);
CREATE INDEX revisions_digest ON revisions (page_id, digest, seq) WHERE digest IS NOT NULL;

CREATE TABLE section_texts (          -- each content of a section, once
  id      INTEGER PRIMARY KEY,
  sha256  BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),  -- of record
  heading TEXT NOT NULL,              -- '' for text before the first heading
  level   INTEGER NOT NULL CHECK (level BETWEEN 0 AND 6),
  text    TEXT NOT NULL,              -- what a reader reads under the heading
  record  TEXT NOT NULL CHECK (json_valid(record))  -- the section exactly, JSON
) STRICT;

CREATE TABLE sections (               -- a section's identity over the revisions of its page
  id      INTEGER PRIMARY KEY,
  page_id INTEGER NOT NULL REFERENCES pages(id),
  key     TEXT NOT NULL,              -- anchor or heading at birth
  UNIQUE (page_id, key)
) STRICT;

CREATE TABLE revision_sections (      -- the exact make-up of every revision
  revision_id INTEGER NOT NULL REFERENCES revisions(id) ON DELETE CASCADE,
  position    INTEGER NOT NULL CHECK (position >= 1),
  section_id  INTEGER NOT NULL REFERENCES sections(id),
  text_id     INTEGER NOT NULL REFERENCES section_texts(id),
  PRIMARY KEY (revision_id, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX revision_sections_history ON revision_sections (section_id, revision_id);
CREATE INDEX revision_sections_text ON revision_sections (text_id);

CREATE TABLE links (                  -- a link and the revisions in which it stood
  id            INTEGER PRIMARY KEY,
  page_id       INTEGER NOT NULL REFERENCES pages(id),
  section_id    INTEGER REFERENCES sections(id),  -- NULL: in the preamble
  url           TEXT NOT NULL,
  label         TEXT NOT NULL,
  kind          TEXT NOT NULL CHECK (kind IN ('page', 'document', 'media', 'mail', 'phone', 'external')),
  from_revision INTEGER NOT NULL REFERENCES revisions(id) ON DELETE CASCADE,
  to_revision   INTEGER REFERENCES revisions(id) ON DELETE CASCADE  -- first revision without it; NULL: still there
) STRICT;
CREATE UNIQUE INDEX links_now ON links (page_id, coalesce(section_id, 0), url, label) WHERE to_revision IS NULL;
CREATE INDEX links_from ON links (from_revision);
CREATE INDEX links_to ON links (to_revision);
CREATE INDEX links_url ON links (url);

CREATE TABLE films (                  -- an embedded film and the revisions in which it stood
  id            INTEGER PRIMARY KEY,
  page_id       INTEGER NOT NULL REFERENCES pages(id),
  section_id    INTEGER REFERENCES sections(id),
  url           TEXT NOT NULL,
  title         TEXT NOT NULL,
  from_revision INTEGER NOT NULL REFERENCES revisions(id) ON DELETE CASCADE,
  to_revision   INTEGER REFERENCES revisions(id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX films_now ON films (page_id, coalesce(section_id, 0), url, title) WHERE to_revision IS NULL;
CREATE INDEX films_from ON films (from_revision);
CREATE INDEX films_to ON films (to_revision);

CREATE TABLE people (                 -- a person whom a page names as responsible for it, and when
  id            INTEGER PRIMARY KEY,
  page_id       INTEGER NOT NULL REFERENCES pages(id),
  name          TEXT NOT NULL,
  role          TEXT NOT NULL,
  from_revision INTEGER NOT NULL REFERENCES revisions(id) ON DELETE CASCADE,
  to_revision   INTEGER REFERENCES revisions(id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX people_now_once ON people (page_id, name, role) WHERE to_revision IS NULL;
CREATE INDEX people_from ON people (from_revision);
CREATE INDEX people_to ON people (to_revision);

CREATE TABLE changes (                -- one difference between a revision and the one before it
  id            INTEGER PRIMARY KEY,
  revision_id   INTEGER NOT NULL REFERENCES revisions(id) ON DELETE CASCADE,
  ordinal       INTEGER NOT NULL CHECK (ordinal >= 1),  -- as a reader meets them
  kind          TEXT NOT NULL CHECK (kind IN ('added', 'removed', 'edited', 'renamed', 'moved', 'moved_and_edited',
                  'split', 'merged', 'relevelled')),
  class         TEXT NOT NULL CHECK (class IN ('editorial', 'metadata', 'cosmetic', 'chrome')),
  what          TEXT NOT NULL,        -- section, paragraph, link, published, …
  where_on_page TEXT NOT NULL,        -- heading path
  section_id    INTEGER REFERENCES sections(id),
  before        TEXT,
  after         TEXT,
  why           TEXT NOT NULL,        -- the rule that classed it
  truncated     INTEGER NOT NULL CHECK (truncated IN (0, 1)),  -- 1: right, but perhaps longer than need be
  ops           TEXT NOT NULL CHECK (json_valid(ops)),  -- the exact steps, JSON
  UNIQUE (revision_id, ordinal)
) STRICT;
CREATE INDEX changes_section ON changes (section_id) WHERE section_id IS NOT NULL;
"""

CHROME = f"""
CREATE TABLE chrome_parts (           -- each content of a part of the chrome, once
  id     INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),  -- of record
  name   TEXT NOT NULL,               -- header, menu, alert, footer, related, …
  record TEXT NOT NULL CHECK (json_valid(record))  -- the part exactly, JSON
) STRICT;

CREATE TABLE chromes (                -- each make-up of a page's chrome, once
  id    INTEGER PRIMARY KEY,
  parts TEXT NOT NULL UNIQUE CHECK (json_valid(parts))  -- name of each part and its number in chrome_parts, JSON
) STRICT;

CREATE TABLE reading_chrome (         -- the chrome that a capture shows
  capture_id INTEGER PRIMARY KEY REFERENCES captures(id),
  chrome_id  INTEGER NOT NULL REFERENCES chromes(id)
) STRICT;
CREATE INDEX reading_chrome_chrome ON reading_chrome (chrome_id);

CREATE TABLE chrome_changes (         -- one difference in the chrome of a site, told once however many pages show it
  id           INTEGER PRIMARY KEY,
  run_id       INTEGER NOT NULL REFERENCES runs(id),
  address      TEXT NOT NULL,         -- front page of the host, which stands for it
  ordinal      INTEGER NOT NULL CHECK (ordinal >= 1),
  part         TEXT NOT NULL,         -- name of the part
  kind         TEXT NOT NULL CHECK (kind IN ('added', 'removed', 'edited', 'renamed', 'moved', 'moved_and_edited',
                 'split', 'merged', 'relevelled')),
  class        TEXT NOT NULL CHECK (class IN ('chrome', 'cosmetic')),
  what         TEXT NOT NULL,         -- part, paragraph, item, link, …
  before       TEXT,
  after        TEXT,
  why          TEXT NOT NULL,         -- the rule that classed it, and on how many pages it shows
  pages        INTEGER NOT NULL CHECK (pages >= 1),  -- pages that show it
  cause        TEXT NOT NULL CHECK (cause IN ('source', 'parser')),
  seen_from    TEXT NOT NULL CHECK (seen_from {_TIME}),     -- first look that saw it
  unseen_since TEXT NOT NULL CHECK (unseen_since {_TIME}),  -- last look that saw what was before
  UNIQUE (run_id, address, ordinal)
) STRICT;
CREATE INDEX chrome_changes_time ON chrome_changes (seen_from);
"""

REREADINGS = f"""
CREATE TABLE rereadings (             -- revisions that a rebuild read otherwise than they had been kept; append-only
  id              INTEGER PRIMARY KEY,
  rebuilt_at      TEXT NOT NULL CHECK (rebuilt_at {_TIME}),
  parser          TEXT NOT NULL,      -- version of our reading from then on
  finding         TEXT NOT NULL CHECK (finding IN ('read_otherwise', 'no_longer', 'newly_seen', 'renumbered')),
  page_id         INTEGER NOT NULL REFERENCES pages(id),
  capture_id      INTEGER NOT NULL REFERENCES captures(id),  -- the look that the revision begins with
  revision_before INTEGER,            -- its number until then; NULL: newly seen
  revision_now    INTEGER,            -- its number from then on; NULL: only our reading had made a revision of it
  digest_before   BLOB CHECK (length(digest_before) = 32),
  digest_now      BLOB CHECK (length(digest_now) = 32)
) STRICT;
CREATE INDEX rereadings_page ON rereadings (page_id);
"""

# Parents before children. What is not named here (nor shadows one that is) stays as it is when `rebuild` reads the
# evidence anew.
DERIVED_TABLES = (
    "revisions", "readings", "quarantine", "section_texts", "sections", "revision_sections", "links", "films", "people",
    "changes", "chrome_parts", "chromes", "reading_chrome", "chrome_changes",
)  # fmt: skip


@migrations()
def m001_evidence(db: Database) -> None:
    """Layer 1 and its guards."""
    db.executescript(EVIDENCE + GUARDS)
    for table in APPEND_ONLY:
        db.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT ({DOORS.get(table, 'FALSE')}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
        )
    for table in KEPT_FOR_EVER:
        db.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
        )


@migrations()
def m002_derived(db: Database) -> None:
    """Layer 2."""
    db.executescript(DERIVED)


@migrations()
def m005_rereadings(db: Database) -> None:
    """What rebuilds changed in what was derived."""
    db.executescript(REREADINGS)
    for act in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER rereadings_no_{act.lower()} BEFORE {act} ON rereadings "
            "BEGIN SELECT RAISE(ABORT, 'rereadings are append-only'); END"
        )


@migrations()
def m007_chrome(db: Database) -> None:
    """Layer 2, what stands around the content."""
    db.executescript(CHROME)
