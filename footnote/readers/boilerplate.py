"""What of a page is not its article's, told by an element's name, role, class and id. Knows single elements, not pages."""

from __future__ import annotations

import re
from itertools import islice

from footnote.readers.htmltree import Node, is_heading

_ROLES = frozenset("navigation contentinfo search dialog alertdialog menu menubar toolbar doc-toc doc-pagelist".split())

# Words of class names and ids, as in "comments", "comments-area" and "postComments".
_CERTAIN = frozenset(
    "cookie cookies consent gdpr onetrust usercentrics cookiebot cookieconsent comment comments commentlist disqus respond reply"
    " newsletter subscribe subscription subscriptions signup mailchimp paywall share sharing sharebar sharedaddy addtoany addthis"
    " related relatedposts recommended recommendations trending outbrain taboola readnext breadcrumb breadcrumbs pagination pager"
    " pagenav toc sidebar sidebars navbar navbox navigation topnav subnav sitenav ad ads adslot advert adverts advertisement"
    " advertisements sponsored sponsor popup modal lightbox editsection catlinks printfooter backlink noprint pullquote".split()
)
_CERTAIN_INLINE = frozenset("editsection noprint ad ads adslot".split())
_CERTAIN_PAIRS = re.compile(
    r"^widget$|(?:^|-)(?:no-print|d-print-none|hidden-print|print-hide|robots-nocontent|skip-link|jump-link|tag-cloud|tags-links|cat-links"
    r"|post-tags|entry-tags|most-(?:read|viewed|popular)|popular-posts|read-(?:next|more|also)|rich-link|author-(?:box|bio|card)"
    r"|about-(?:the-)?author|table-of-contents|widget-area|site-(?:header|footer|info|sub)|sign-up|app-promo|entry-footer)(?:-|$)"
)
# Only where what stands there is short or mostly links: articles use these words for other things too.
_LIKELY = frozenset(
    "menu menus nav mainmenu footer masthead topbar promo promotion banner social socials follow meta byline submeta postmeta"
    " author autor auteur datum vcard timestamp posted date dates dateline permalink labels sitemap links button buttons cta"
    " votes likes rating tags categories ufi toolbar portlet dropdown visitors copyright".split()
)
# Said of a page or of an article as a whole, not of what the element is.
_SAID_OF = re.compile(r"(?:has|no(?!-print)|is|with|without|hide|show|category|tag(?!-cloud)|tax|term|type|status|format)-")
_SHORT = 200  # characters
_SPLIT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\s_:]+")


def names_of(node: Node) -> list[str]:
    """Its classes and id, in lower case with hyphens between words, without those that speak of the whole page."""
    if "class" not in node.attributes and "id" not in node.attributes:
        return []
    given = (*islice(node.get("class").split(), 20), node.get("id"))
    names = ["-".join(filter(None, _SPLIT.split(name[:80]))).lower() for name in given]
    return [name for name in names if name and not _SAID_OF.match(name)]


def is_certain(node: Node, inline: bool = False) -> bool:
    """Whether it is said to be something that belongs to no article: comments, a cookie bar, links to other pages.

    Of what stands inside a line, few names are certain: a "comment" there is one in a piece of code.
    """
    if node.tag == "nav" or node.get("role").lower() in _ROLES or node.get("aria-modal") == "true":
        return True
    if "data-nosnippet" in node.attributes or node.get("data-print-layout") == "hide":
        return True
    if "comment" in node.get("itemtype").lower():
        return True
    words = _CERTAIN_INLINE if inline else _CERTAIN
    pairs = None if inline else _CERTAIN_PAIRS
    return any(not words.isdisjoint(name.split("-")) or (pairs and pairs.search(name)) for name in names_of(node))


def is_likely(node: Node, linked: int) -> bool:
    """Whether it is said to be what stands around articles, and is short or mostly links: ``linked`` characters of it are."""
    if is_heading(node) or (node.size > _SHORT and linked * 2 < node.size):
        return False
    return any(not _LIKELY.isdisjoint(name.split("-")) for name in names_of(node))


def is_said_footnote(node: Node) -> bool:
    """Whether it is said to be the article's notes, which stand at the foot or the side as other things do."""
    if node.get("role") in ("doc-footnote", "doc-endnotes", "doc-endnote") or "mso-element:footnote" in node.get("style"):
        return True
    return any("footnote" in name or "endnote" in name for name in names_of(node))
