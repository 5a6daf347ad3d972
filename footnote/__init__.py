"""Footnote: a searchable knowledge base that answers with exact citations.

The road from an article to a citation, one module a step:

    file -> Article -> Passages -> vectors + keywords -> Snapshot        (build.py)
    question -> candidates -> fused hits -> Answer with citations        (search.py)
"""

__version__ = "0.1.0"
