"""The page, wrapped with the headers and guards that a browser and a stranger need: streamlit run app.py."""

import streamlit as st
from starlette.middleware import Middleware

from footnote.page import SCRIPT
from footnote.page.guard import Guard
from footnote.page.quiet import be_quiet, tell

be_quiet()
app = st.App(SCRIPT, middleware=[Middleware(Guard)], on_script_error=tell)
