"""The truth set: pages made by us, edits made by us, noise made by us, and what the tool says of it, counted.

`prose` writes Swedish, `pages` makes page records of it, `html` renders a record as a SiteVision site would, with
another noise at each rendering (`noise`), `edits` does what editors do and writes down what it did, `score` counts.
A night is: a page rendered, edited, rendered again; both renderings go through the real parser and the real diff.
"""
