"""A reader without a screen: asks over the page's own websocket, as a browser does, and keeps whatever it is sent."""

import re
from html import unescape

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

TAG = re.compile(r"<[^>]+>")


class Reader:
    """One session of the page at ``address``; ``headers`` are those of a proxy before it."""

    def __init__(self, address, headers=None, query=""):
        self.address = address
        self.received = b""
        self._query = query
        self._page = ""
        self._connection = connect(
            f"{address.replace('http', 'ws', 1)}/_stcore/stream",
            origin=address,
            subprotocols=["streamlit"],
            additional_headers=headers,
            max_size=None,
            proxy=None,
            open_timeout=30,
        )

    def __enter__(self):
        self._socket = self._connection.__enter__()
        self.elements = []
        return self.run()

    def __exit__(self, *failed):
        self._connection.__exit__(*failed)

    def run(self, **widgets):
        """Runs the page, the widgets of those keys set, and takes in what it shows; values are strings or True for a click."""
        states = []
        for key, value in widgets.items():
            state = {"id": self._widget(key)}
            state["trigger_value" if value is True else "string_value"] = value
            states.append(state)
        sent = BackMsg(rerun_script={"query_string": self._query, "page_script_hash": self._page})
        for state in states:
            sent.rerun_script.widget_states.widgets.add(**state)
        return self.send(sent)

    def visit(self, query):
        """Opens the page under an address that ends in ``query``."""
        self._query = query
        return self.run()

    def open(self, path):
        """Goes to another part of the page."""
        self._page = next(page.page_script_hash for page in self._pages if page.url_pathname == path)
        return self.run()

    def send(self, message):
        """Sends a message and takes in what is shown until the page is drawn."""
        self.tell(message.SerializeToString())
        self.elements = []
        while True:
            got = self.hear()
            kind = got.WhichOneof("type")
            if kind == "navigation":
                self._pages = list(got.navigation.app_pages)
            elif kind == "new_session":
                self.session = got.new_session.initialize.session_id
            elif kind == "delta" and got.delta.WhichOneof("type") == "new_element":
                self.elements.append(got.delta.new_element)
            elif kind == "script_finished" and got.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return self

    def tell(self, data):
        """Sends bytes, whatever they are."""
        self._socket.send(data)

    def hear(self):
        """The next message of the server."""
        data = self._socket.recv(timeout=60)
        self.received += data
        return ForwardMsg.FromString(data)

    def ask(self, question):
        """Asks and gives the titles of the hits as the page shows them."""
        self.run(question=question)
        heads = [head for body in self.html() for head in re.findall(r"<h2>(.*?)</h2>", body)]
        return [unescape(TAG.sub("", head)) for head in heads]

    def html(self):
        """The pieces of HTML on the page, without its links from part to part."""
        bodies = [element.html.body for element in self.elements if element.WhichOneof("type") == "html"]
        return [body for body in bodies if not body.startswith(('<nav class="fn-nav"', '<div class="fn-do"'))]

    def said(self):
        """What the page says in words of its own."""
        found = [element.alert.body for element in self.elements if element.WhichOneof("type") == "alert"]
        found += [element.text.body for element in self.elements if element.WhichOneof("type") == "text"]
        return found + [unescape(TAG.sub("", body)) for body in self.html() if 'class="fn-said"' in body]

    def _widget(self, key):
        ids = [
            getattr(element, kind).id
            for element in self.elements
            if (kind := element.WhichOneof("type")) in ("text_input", "text_area", "button", "number_input")
        ]
        return next(one for one in ids if one.endswith(f"-{key}"))
