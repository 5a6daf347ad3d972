"""The Streamlit page. Scripts here are plain Streamlit scripts; nothing outside this folder knows of Streamlit."""

from pathlib import Path

SCRIPT = Path(__file__).with_name("main.py")
