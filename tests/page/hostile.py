"""Texts that would run, load or cover something wherever they are taken for markup, and a library made of them."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# EVIL stands for the address of a server that nothing may ever ask.
PAYLOADS = {
    "script": "<script>window.__x=1</script>",
    "script of another host": '<script src="EVIL/a.js"></script>',
    "script in a picture": "<svg><script>window.__x=1</script></svg>",
    "picture that loads": "<svg onload=window.__x=1></svg>",
    "image that fails": "<img src=x onerror=window.__x=1>",
    "image of another host": '<img src="EVIL/a.png" srcset="EVIL/b.png 2x">',
    "frame": '<iframe srcdoc="<script>parent.__x=1</script>"></iframe>',
    "frame of another host": '<iframe src="EVIL/frame"></iframe>',
    "details": "<details open ontoggle=window.__x=1><summary>a</summary></details>",
    "formula with a style": "<math><mtext><table><mglyph><style><img src=x onerror=window.__x=1>",
    "refresh": '<meta http-equiv="refresh" content="0;url=EVIL/go">',
    "style": '<style>*{display:none}@import "EVIL/a.css";</style><link rel=stylesheet href="EVIL/b.css">',
    "form": '<form action="EVIL/form"><input name=password autofocus onfocus=window.__x=1><button>Log in</button></form>',
    "overlay": '<div style="position:fixed;inset:0;z-index:9999;background:url(EVIL/c.png)">Your session has ended.</div>',
    "link": '<a href="javascript:window.__x=1">a</a>',
    "base": '<base href="EVIL/">',
    "object": '<object data="EVIL/o"></object><embed src="EVIL/e"><video autoplay src="EVIL/v"></video>',
    "markdown image": "![a](EVIL/d.png)",
    "markdown link": "[a](javascript:window.__x=1) <javascript:window.__x=1>",
    "markdown of Streamlit": ":red[a] :material/delete: :streamlit: $\\href{javascript:window.__x=1}{a}$ `a`",
    "end of an attribute": "\" onmouseover=window.__x=1 autofocus onfocus=window.__x=1 a=\"' onmouseover=window.__x=1 a='",
    "end of what stands around it": "</p></mark></div></style></title></textarea><script>window.__x=1</script>",
    "escaped once": "&lt;img src=x onerror=window.__x=1&gt; &#60;script&#62;window.__x=1&#60;/script&#62;",
    "template": "{{constructor.constructor('window.__x=1')()}} ${window.__x=1} <%= window.__x=1 %>",
}
# What the page's own markup is made of, and what nothing on it is.
HARM = """() => {
    const own = new Set("DIV H1 H2 H3 SPAN P MARK A UL LI NAV ASIDE B HR ARTICLE DETAILS SUMMARY BUTTON PRE".split(" "));
    const shown = [...document.querySelectorAll(".stHtml *")].filter(one => !one.textContent.startsWith("\\n.fn-read"));
    const banned = "iframe, form:not(.vega-bindings), object, embed, base, img, video, svg script, svg[onload], "
        + "meta[http-equiv=refresh], [onerror], [ontoggle], [onmouseover], [onfocus], a[href^='javascript:' i]";
    const isElsewhere = name => /^https?:/.test(name) && !name.startsWith(location.origin + "/");
    const linked = [...document.querySelectorAll("link, script")].map(one => one.href || one.src || "");
    return {
        ran: window.__x !== undefined,
        elements: shown.filter(one => !own.has(one.tagName)).map(one => one.tagName),
        attributes: shown.flatMap(one => [...one.attributes]).map(one => one.name).filter(name => name.startsWith("on")),
        fixed: shown.filter(one => getComputedStyle(one).position === "fixed").length,
        banned: [...document.querySelectorAll(banned)].map(one => one.outerHTML.slice(0, 200)),
        loaded: [...performance.getEntriesByType("resource").map(one => one.name), ...linked].filter(isElsewhere),
    };
}"""
NONE = {"ran": False, "elements": [], "attributes": [], "fixed": 0, "banned": [], "loaded": []}


@contextmanager
def evil_server():
    """The address of a server, and the list of what was ever asked of it."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *given):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def quoted(text):
    """``text`` as YAML reads it back."""
    return "'" + text.replace("'", "''") + "'"


def article(payload, word):
    """An article with the payload in every place that an article has, found by ``word``."""
    return f"""---
title: {quoted(f"{payload} {word}")}
author: {quoted(payload)}
published: 2024-03-05
tags: [{quoted(payload)}, {quoted(f"{word} {payload}")}]
summary: {quoted(payload)}
url: 'javascript:window.__x=1'
---
{word} begins here {payload} and goes on about {word}.

## {payload} one

    {payload}

The second part of {word} {payload} is here.

## {payload} two

The third part of {word} is {payload}.

## {payload} three

A last word on {word}.
"""
