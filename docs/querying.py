"""docs/querying.md: the views as a diagram, the ready queries, and search in SQL; made from what they describe."""

from __future__ import annotations

from contextlib import closing

from sqlite_utils import Database

from archive.migrations import migrations
from archive.ready import ready_queries

_ABOUT = """
The archive is one SQLite file, and any program that reads SQLite can ask it. `tidslager query` asks it safely: it can
only read, a query that never ends is stopped, and the answer comes as JSON (`--json`, `--nl`), CSV, TSV or a table.

```text
tidslager query "SELECT page, title FROM page_list"
tidslager query changes-since -p since 2026-03-01 --csv
```

For a browser, Datasette serves the same file with the ready queries as forms:

```text
tidslager query --datasette > metadata.json
datasette tidslager.db --metadata metadata.json
```

Never serve the live file with `-i`: a reader that takes it for unchanging reads nonsense while a run writes.

## The views

Ask these: their names and columns stay when tables change. `page` is the number of a page, `revision` that of a
revision within its page, times are text in UTC. What each column means is in [the data model](data-model.md).
"""

_SEARCH = """
## Search in SQL

`tidslager search` is the short way. The index is plain FTS5, so that SQL can do the same without any of our code:
`search` is the index, `search_texts` what it is about, `search_words` every word with its stem.
"""

EXAMPLES = {
    "A word as it stands, the best answers first, with its place marked": """
SELECT t.source, t.heading, snippet(search, 1, '[', ']', ' … ', 12) AS snippet
  FROM search JOIN search_texts t ON t.id = search.rowid
 WHERE search MATCH '"samverkan"'
 ORDER BY rank LIMIT 10;
""",
    "A word in all its forms": """
SELECT t.heading, snippet(search, 1, '[', ']', ' … ', 12) AS snippet
  FROM search JOIN search_texts t ON t.id = search.rowid
 WHERE search MATCH (SELECT group_concat('"' || word || '"', ' OR ') FROM search_words
                      WHERE stem = (SELECT stem FROM search_words WHERE word = 'exempel'))
 ORDER BY rank LIMIT 10;
""",
    "Compounds: words that have it inside, and in how many texts each stands": """
SELECT w.word, v.doc AS texts
  FROM search_words w JOIN search_vocabulary v ON v.term = w.word
 WHERE instr(w.word, 'verk')
 ORDER BY v.doc DESC, w.word LIMIT 20;
""",
    "Where a text stood, from when on, and whether it stands there now": """
SELECT l.page, l.heading, l.first_seen, l.removed
  FROM search JOIN search_texts t ON t.id = search.rowid
  JOIN revision_sections rs ON rs.text_id = t.text_id
  JOIN section_list l ON l.section_id = rs.section_id
 WHERE search MATCH '"samverkan"'
 GROUP BY l.section_id;
""",
}
"""Examples of search in SQL; a test runs each in plain sqlite3."""


def querying_page(note: str) -> str:
    """The whole page."""
    parts = ["# Querying\n", note, _ABOUT, f"\n```mermaid\n{diagram()}\n```\n", "\n## Ready queries\n"]
    for ready in ready_queries().values():
        parts.append(f"\n### {ready.name}\n\n{ready.title}. {ready.explanation}\n")
        parts += [
            f"\n- `-p {one.name}` ({one.default or 'empty'} unless given): {one.meaning}" for one in ready.parameters
        ]
        parts.append(f"{chr(10) * bool(ready.parameters)}\n```sql\n{ready.sql}\n```\n")
    parts.append(_SEARCH)
    parts += [f"\n{title}:\n\n```sql\n{sql.strip()}\n```\n" for title, sql in EXAMPLES.items()]
    return "".join(parts)


def diagram() -> str:
    """The views with their columns, joined by what they have in common, as Mermaid draws it."""
    fresh = Database(memory=True, execute_plugins=False)
    with closing(fresh.conn):
        migrations.apply(fresh)
        views = {name: [column.name for column in fresh.view(name).columns] for name in sorted(fresh.view_names())}
    lines = ["erDiagram"]
    for name, columns in views.items():
        if name != "page_list" and "page" in columns:
            lines.append(f"  page_list ||--o{{ {name} : page")
        if name != "page_history" and {"page", "revision"} <= set(columns):
            lines.append(f"  page_history ||--o{{ {name} : revision")
        if name != "section_list" and "section_id" in columns:
            lines.append(f"  section_list ||--o{{ {name} : section_id")
    for name, columns in views.items():
        lines += [f"  {name} {{", *(f"    value {column}" for column in columns), "  }"]
    return "\n".join(lines)
