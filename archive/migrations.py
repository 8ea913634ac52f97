"""The only DDL: what an archive file is made of, in three layers.

evidence    runs, urls, bodies, header_sets, pages, page_urls, captures, redactions, decisions. Append-only, guarded by
            triggers.
derived     readings, quarantine, revisions, section_texts, sections, revision_sections, links, films, people, changes.
            All of it can be dropped and rebuilt from the evidence.
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
  summary       TEXT NOT NULL DEFAULT '{{}}' CHECK (json_valid(summary))  -- pages by what came of them
) STRICT;

CREATE TABLE urls (                   -- each address, written once
  id   INTEGER PRIMARY KEY,
  url  TEXT NOT NULL UNIQUE,
  host TEXT GENERATED ALWAYS AS (
         substr(substr(url, instr(url, '://') + 3), 1,
                instr(substr(url, instr(url, '://') + 3) || '/', '/') - 1)) VIRTUAL  -- with the port, where one stands
) STRICT;

CREATE TABLE bodies (                 -- entity bodies, each content once, named by the hash of its exact bytes
  id     INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  size   INTEGER NOT NULL CHECK (size >= 0),  -- bytes, before compression
  codec  TEXT NOT NULL CHECK (codec IN ('raw', 'zstd', 'redacted')),
  base   INTEGER REFERENCES bodies(id),  -- body that this one is written as a difference from
  data   BLOB,                        -- NULL only where redacted
  CHECK ((data IS NULL) = (codec = 'redacted'))
) STRICT;

CREATE TABLE header_sets (            -- heads of requests and answers: lines in their order and case, byte for byte
  id   INTEGER PRIMARY KEY,
  head BLOB NOT NULL UNIQUE
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

CREATE TABLE decisions (              -- what a person said of a suspect: the content is the page (accept) or is not
  id         INTEGER PRIMARY KEY,
  page_id    INTEGER NOT NULL REFERENCES pages(id),
  capture_id INTEGER NOT NULL REFERENCES captures(id),     -- the look that showed it first
  digest     BLOB NOT NULL CHECK (length(digest) = 32),    -- SHA-256 of the page record, as it was read then
  decision   TEXT NOT NULL CHECK (decision IN ('accept', 'reject')),  -- the latest on a content counts
  decided_at TEXT NOT NULL CHECK (decided_at {_TIME}),
  decided_by TEXT NOT NULL,                                -- who
  why        TEXT NOT NULL                                 -- in the person's own words, or ''
) STRICT;
CREATE INDEX decisions_page ON decisions (page_id);
CREATE INDEX decisions_capture ON decisions (capture_id);

CREATE TABLE captures (               -- one HTTP exchange as it happened, whatever came of it
  id          INTEGER PRIMARY KEY,
  run_id      INTEGER NOT NULL REFERENCES runs(id),
  url_id      INTEGER NOT NULL REFERENCES urls(id),    -- the address asked for
  page_id     INTEGER REFERENCES pages(id),            -- NULL for robots.txt
  purpose     TEXT NOT NULL CHECK (purpose IN ('page', 'robots')),
  via         INTEGER REFERENCES captures(id),         -- the redirect that led here
  fetched_at  TEXT NOT NULL CHECK (fetched_at {_TIME}),
  outcome     TEXT NOT NULL CHECK (outcome IN ('fetched', 'not_modified', 'redirected', 'gone', 'http_error',
                'robots_denied', 'out_of_scope', 'timeout', 'network_error', 'tls_error', 'too_large',
                'refused_address')),
  status      INTEGER CHECK (status BETWEEN 100 AND 999),
  location_id INTEGER REFERENCES urls(id),             -- where a redirect leads
  request_id  INTEGER REFERENCES header_sets(id),      -- the request as sent
  head_id     INTEGER REFERENCES header_sets(id),      -- the response head as received
  body_id     INTEGER REFERENCES bodies(id),
  complete    INTEGER NOT NULL DEFAULT 1 CHECK (complete IN (0, 1)),  -- 0: the body was cut
  attempts    INTEGER NOT NULL CHECK (attempts >= 0),  -- requests made, retries counted
  elapsed_ms  INTEGER NOT NULL CHECK (elapsed_ms >= 0),
  peer        TEXT,                                    -- server address and port
  tls         TEXT,                                    -- version and certificate digest
  robots      TEXT,                                    -- the robots verdict
  error       TEXT,                                    -- what went wrong, one sentence
  UNIQUE (run_id, url_id)                              -- asked once a run: writing it again changes nothing
) STRICT;
CREATE INDEX captures_page ON captures (page_id, fetched_at) WHERE page_id IS NOT NULL;
CREATE INDEX captures_body ON captures (body_id) WHERE body_id IS NOT NULL;

CREATE TABLE redactions (             -- the only door through which a body may leave
  id          INTEGER PRIMARY KEY,
  body_id     INTEGER NOT NULL REFERENCES bodies(id),
  redacted_at TEXT NOT NULL CHECK (redacted_at {_TIME}),
  reason      TEXT NOT NULL
) STRICT;
"""

# A run is the one row of evidence that is finished later; once finished it stands.
GUARDS = """
CREATE TRIGGER runs_finished BEFORE UPDATE ON runs
  WHEN old.status <> 'running' OR new.id <> old.id OR new.site <> old.site OR new.started_at <> old.started_at
    OR new.tool_version <> old.tool_version OR new.config <> old.config OR new.config_digest <> old.config_digest
  BEGIN SELECT RAISE(ABORT, 'runs are append-only: only a running one may be finished'); END;
CREATE TRIGGER bodies_no_update BEFORE UPDATE ON bodies
  WHEN NOT (new.codec = 'redacted' AND new.id = old.id AND new.sha256 = old.sha256 AND new.size = old.size
    AND EXISTS (SELECT 1 FROM redactions WHERE body_id = old.id))
  BEGIN SELECT RAISE(ABORT, 'bodies are append-only: a redaction is the only door'); END;
"""
APPEND_ONLY = ("urls", "header_sets", "pages", "page_urls", "captures", "redactions", "decisions")
KEPT_FOR_EVER = ("runs", "bodies", *APPEND_ONLY)

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
  state        TEXT NOT NULL CHECK (state IN ('live', 'gone', 'moved')),
  cause        TEXT NOT NULL CHECK (cause IN ('source', 'parser')),
  seen_from    TEXT NOT NULL CHECK (seen_from {_TIME}),      -- first look that saw it
  unseen_since TEXT CHECK (unseen_since {_TIME}),            -- last look before that: the change lies between the two
  capture_id   INTEGER NOT NULL REFERENCES captures(id),
  digest       BLOB CHECK (length(digest) = 32),             -- SHA-256 of the page record; NULL unless live
  title        TEXT NOT NULL,
  metadata     TEXT NOT NULL DEFAULT '{{}}' CHECK (json_valid(metadata)),  -- the page record without its sections
  preamble     TEXT NOT NULL DEFAULT '',
  published    TEXT GENERATED ALWAYS AS (json_extract(metadata, '$.published.on')) VIRTUAL,
  updated      TEXT GENERATED ALWAYS AS (json_extract(metadata, '$.updated.on')) VIRTUAL,
  responsible  TEXT GENERATED ALWAYS AS (json_extract(metadata, '$.responsible.name')) VIRTUAL,
  CHECK ((digest IS NULL) = (state <> 'live')),
  UNIQUE (page_id, seq)
) STRICT;
CREATE INDEX revisions_as_of ON revisions (page_id, seen_from);
CREATE INDEX revisions_time ON revisions (seen_from);
CREATE INDEX revisions_capture ON revisions (capture_id);

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


@migrations()
def m001_evidence(db: Database) -> None:
    """Layer 1 and its guards."""
    db.executescript(EVIDENCE + GUARDS)
    for table in APPEND_ONLY:
        db.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
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
