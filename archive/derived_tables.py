"""The tables that are derived from evidence, and the log of what a rebuild made of them."""

from __future__ import annotations

from archive.evidence_tables import TIME
from archive.site_rules import MARK_BYTES

DERIVED = f"""
CREATE TABLE readings (               -- what the parser made of a capture of a page
  capture_id    INTEGER PRIMARY KEY REFERENCES captures(id),
  parser        TEXT NOT NULL,        -- version of our reading
  rules         BLOB NOT NULL CHECK (length(rules) = {MARK_BYTES}),  -- mark of what the site file said on reading then
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
  doubt      TEXT NOT NULL CHECK (doubt IN ('challenge', 'login', 'consent', 'front_page', 'shared', 'soft_404',
               'empty', 'drift', 'loss', 'language', 'encoding')),
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
  seen_from    TEXT NOT NULL CHECK (seen_from {TIME}),      -- first look that saw it
  unseen_since TEXT CHECK (unseen_since {TIME}),            -- last look before that: the change lies between the two
  capture_id   INTEGER NOT NULL REFERENCES captures(id),
  digest       BLOB CHECK (length(digest) = 32),             -- SHA-256 of the page record; NULL unless live
  title        TEXT NOT NULL,
  metadata     TEXT NOT NULL DEFAULT '{{}}' CHECK (json_valid(metadata)),  -- the page record without its sections
  preamble     TEXT NOT NULL DEFAULT '',
  mentions     BLOB CHECK (length(mentions) = 32),           -- SHA-256 of the mentions in it; NULL unless live
  degree       REAL CHECK (degree BETWEEN 0 AND 1),          -- share of words that changed; NULL for a first revision
  published    TEXT GENERATED ALWAYS AS (json_extract(metadata, '$.published.on')) VIRTUAL,
  updated      TEXT GENERATED ALWAYS AS (json_extract(metadata, '$.updated.on')) VIRTUAL,
  responsible  TEXT GENERATED ALWAYS AS (json_extract(metadata, '$.responsible.name')) VIRTUAL,
  CHECK ((digest IS NULL) = (state <> 'live')),
  CHECK ((mentions IS NULL) = (state <> 'live')),
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
CREATE INDEX revision_sections_text ON revision_sections (text_id, section_id);

CREATE TABLE revision_texts (         -- the sections of a live revision once more, together: a whole site is read here
  revision_id INTEGER PRIMARY KEY REFERENCES revisions(id) ON DELETE CASCADE,
  sections    BLOB NOT NULL           -- JSON array as `tidslager export` writes it, compressed with zstd
) STRICT;

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

CREATE TABLE documents (              -- a link to a file, what its address tells, and the revisions in which it stood
  id            INTEGER PRIMARY KEY,
  page_id       INTEGER NOT NULL REFERENCES pages(id),
  section_id    INTEGER REFERENCES sections(id),  -- NULL: in the preamble
  url           TEXT NOT NULL,
  title         TEXT NOT NULL,        -- the words of the link, without type and size
  type          TEXT NOT NULL,        -- by the extension: pdf, docx, …; '' where the address has none
  file_id       TEXT,                 -- the CMS's own name for the file, the same for all its versions
  stamped_at    TEXT CHECK (stamped_at {TIME}),  -- time of this version, by its address
  from_revision INTEGER NOT NULL REFERENCES revisions(id) ON DELETE CASCADE,
  to_revision   INTEGER REFERENCES revisions(id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX documents_now ON documents (page_id, coalesce(section_id, 0), url, title) WHERE to_revision IS NULL;
CREATE INDEX documents_from ON documents (from_revision);
CREATE INDEX documents_to ON documents (to_revision);
CREATE INDEX documents_file ON documents (file_id) WHERE file_id IS NOT NULL;

CREATE TABLE mentions (               -- whom, what or when a text names, and the revisions in which it did
  id            INTEGER PRIMARY KEY,
  page_id       INTEGER NOT NULL REFERENCES pages(id),
  section_id    INTEGER REFERENCES sections(id),  -- NULL: in the head of the page (title, preamble, responsible person)
  kind          TEXT NOT NULL CHECK (kind IN ('person', 'municipality', 'region', 'organisation', 'date',
                  'subject')),
  name          TEXT NOT NULL,        -- in its own form: Söderhamn, for "söderhamnsbor"; 2019-10, for "oktober 2019"
  code          TEXT,                 -- SCB's code of a municipality (four digits) or region (two)
  role          TEXT NOT NULL,        -- what a person does, '' where it is not said
  organisation  TEXT NOT NULL,        -- where a person does it
  words         TEXT NOT NULL,        -- as the text has it, the first time
  evidence      TEXT NOT NULL,        -- the rule that found it, in words
  mail          TEXT NOT NULL,        -- of a person or organisation, where it stands beside the name; else ''
  phone         TEXT NOT NULL,        -- as the text writes it
  from_revision INTEGER NOT NULL REFERENCES revisions(id) ON DELETE CASCADE,
  to_revision   INTEGER REFERENCES revisions(id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX mentions_now ON mentions (page_id, coalesce(section_id, 0), kind, name, coalesce(code, ''), role,
  organisation, words, evidence, mail, phone) WHERE to_revision IS NULL;
CREATE INDEX mentions_from ON mentions (from_revision);
CREATE INDEX mentions_to ON mentions (to_revision);
CREATE INDEX mentions_page ON mentions (page_id, kind);
CREATE INDEX mentions_name ON mentions (name);

CREATE TABLE people (                 -- a person whom a page names, and when; only where a site file has people = true
  id            INTEGER PRIMARY KEY,
  page_id       INTEGER NOT NULL REFERENCES pages(id),
  section_id    INTEGER REFERENCES sections(id),  -- NULL: in the head of the page
  name          TEXT NOT NULL,
  role          TEXT NOT NULL,        -- '' where it is not said
  organisation  TEXT NOT NULL,
  named_as      TEXT NOT NULL CHECK (named_as IN ('responsible', 'contact', 'speaker')),
  mail          TEXT NOT NULL,        -- '' where none stands beside the name
  phone         TEXT NOT NULL,
  from_revision INTEGER NOT NULL REFERENCES revisions(id) ON DELETE CASCADE,
  to_revision   INTEGER REFERENCES revisions(id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX people_now_once ON people (page_id, coalesce(section_id, 0), name, role, organisation)
  WHERE to_revision IS NULL;
CREATE INDEX people_page ON people (page_id);
CREATE INDEX people_from ON people (from_revision);
CREATE INDEX people_to ON people (to_revision);

CREATE TABLE examples (               -- a page or section that tells a learning example; see the view learning_examples
  id            INTEGER PRIMARY KEY,
  page_id       INTEGER NOT NULL REFERENCES pages(id),
  section_id    INTEGER REFERENCES sections(id),  -- NULL: the page as a whole
  kind          TEXT NOT NULL CHECK (kind IN ('coordination_association', 'reserved_procurement', 'municipal_spin_off',
                  'incubator', 'other')),
  words         TEXT NOT NULL,        -- the words that told the kind; '' for other
  from_revision INTEGER NOT NULL REFERENCES revisions(id) ON DELETE CASCADE,
  to_revision   INTEGER REFERENCES revisions(id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX examples_now ON examples (page_id, coalesce(section_id, 0)) WHERE to_revision IS NULL;
CREATE INDEX examples_page ON examples (page_id, section_id);
CREATE INDEX examples_from ON examples (from_revision);
CREATE INDEX examples_to ON examples (to_revision);

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
CREATE TABLE chrome_parts (           -- each content of a part of the chrome, once for all whom it offers
  id     INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),  -- of record
  name   TEXT NOT NULL,               -- header, menu, alert, footer, related, …
  record TEXT NOT NULL CHECK (json_valid(record)),  -- the part exactly, JSON
  contacts BLOB CHECK (length(contacts) = 32)  -- SHA-256 of whom it offers, by the rules in force; NULL: nobody
) STRICT;
CREATE INDEX chrome_parts_content ON chrome_parts (sha256);

CREATE TABLE chrome_contacts (        -- whom a part of the chrome says one can reach; people only where people = true
  part_id      INTEGER NOT NULL REFERENCES chrome_parts(id) ON DELETE CASCADE,
  kind         TEXT NOT NULL CHECK (kind IN ('person', 'organisation')),
  name         TEXT NOT NULL,
  role         TEXT NOT NULL,         -- '' where it is not said
  organisation TEXT NOT NULL,
  mail         TEXT NOT NULL,
  phone        TEXT NOT NULL,
  PRIMARY KEY (part_id, name, mail, phone, kind, role, organisation)
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
  seen_from    TEXT NOT NULL CHECK (seen_from {TIME}),     -- first look that saw it
  unseen_since TEXT NOT NULL CHECK (unseen_since {TIME}),  -- last look that saw what was before
  UNIQUE (run_id, address, ordinal)
) STRICT;
CREATE INDEX chrome_changes_time ON chrome_changes (seen_from);
"""

REREADINGS = f"""
CREATE TABLE rereadings (             -- revisions that a rebuild read otherwise than they had been kept; append-only
  id              INTEGER PRIMARY KEY,
  rebuilt_at      TEXT NOT NULL CHECK (rebuilt_at {TIME}),
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
    "revisions", "readings", "quarantine", "section_texts", "sections", "revision_sections", "revision_texts", "links",
    "films", "documents", "mentions", "people", "examples", "changes", "chrome_parts", "chrome_contacts", "chromes",
    "reading_chrome", "chrome_changes", "search_entries", "search_words",
)  # fmt: skip

FORMER_TABLES: tuple[str, ...] = ()
"""Names that derived tables had in earlier versions. Who drops or renames one names it here: what an old file has in it
is then made anew, and not taken for evidence of which this version does not know."""
