"""The page, wrapped with the headers and guards that a browser and a stranger need: streamlit run app.py."""

import streamlit as st
from starlette.middleware import Middleware

from footnote.page import SCRIPT
from footnote.page.guard import Guard

app = st.App(SCRIPT, middleware=[Middleware(Guard)])
