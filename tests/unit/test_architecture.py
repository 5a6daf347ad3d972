"""What the code may not do: import against the road, show unescaped text, load what can run code, name a foreign host."""

import ast
import re

from tests.conftest import ROOT

# Each room may import from the rooms above it in this list and from its own.
ROAD = [
    {"records", "errors", "settings", "disk", "shelf"},
    {"readers", "passages", "encoder", "fusion", "citations", "question", "spelling", "projection"},
    {"export", "answer", "reranking", "care"},
    {"engines", "manifest", "snapshot", "filters", "freshness"},
    {"stores"},
    {"journal", "embedding", "calibration", "recall", "reporting", "crew", "workers"},
    {"assembly"},
    {"build", "search", "status"},
    {"evaluation", "preview", "watching"},
    {"page", "__main__"},
]
# What the first room and the pure rooms may never know, whatever the order says.
MODULES = sorted((ROOT / "footnote").rglob("*.py"))


def room(module):
    return module.split(".")[1] if "." in module else ""


def imports(path):
    """The modules of Footnote that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != "footnote" else [f"footnote.{alias.name}" for alias in node.names]
        found |= {name for name in names if name.startswith("footnote.")}
    return found


def module_name(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_every_module_imports_only_from_its_own_room_or_one_above():
    level = {name: number for number, rooms in enumerate(ROAD) for name in rooms}
    against = [
        f"{module_name(path)} imports {name}"
        for path in MODULES
        if path.parent != ROOT / "footnote" or path.name != "__init__.py"
        for name in sorted(imports(path))
        if level[room(name)] > level[room(module_name(path))]
    ]
    assert against == []


def test_records_errors_and_settings_know_nobody():
    assert [imports(ROOT / "footnote" / f"{name}.py") for name in ("records", "errors", "settings")] == [set(), set(), set()]


def test_no_two_modules_import_each_other():
    graph = {module_name(path): imports(path) for path in MODULES}
    packages = {name for name in graph if any(other.startswith(f"{name}.") for other in graph)}

    def reaches(start, goal, seen):
        return any(
            name == goal or (name not in seen and reaches(name, goal, seen | {name}))
            for name in graph.get(start, ())
            if name in graph
        )

    # A package's front page and its own modules are one room; cycles are looked for between single files.
    assert [name for name in graph if name not in packages and reaches(name, name, {name})] == []


def test_only_the_page_knows_streamlit():
    knowing = [module_name(path) for path in MODULES if re.search(r"^\s*(?:import|from) streamlit", path.read_text(), re.M)]
    assert {name.split(".")[1] for name in knowing} == {"page"}


def test_html_is_shown_through_the_one_escaping_helper_alone():
    found = []
    for path in (*MODULES, ROOT / "app.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg in ("unsafe_allow_html", "unsafe_allow_javascript"):
                found.append(f"{path.name}: {node.arg}")
            shows = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "st"
            if shows and node.attr in ("html", "iframe", "markdown", "write", "caption") and path.name != "markup.py":
                found.append(f"{path.name}: st.{node.attr}")
    assert found == []


# What Streamlit takes for Markdown, which loads images and colours words, in the first place or under these names.
LABELLED = set(
    "button download_button link_button form_submit_button text_input text_area number_input selectbox multiselect "
    "radio checkbox toggle slider pills segmented_control feedback file_uploader date_input expander popover tabs "
    "status spinner progress error warning info success toast title header subheader metric badge caption markdown "
    "dialog menu_button page_link Page set_page_config form".split()
)
NAMED = {"label", "text", "help", "placeholder", "body", "title", "page_title", "caption", "alt"}
# Labels that are no words of texts.py as they stand, and why they are none of an article's or a reader's either.
OTHER_LABELS = {
    ("ask.py", "str(error)"),  # QuestionEmpty, whose sentences quote nothing
    ("index.py", "name"),  # of texts.PARTS
    ("index.py", "title"),  # of texts
    ("narrow.py", "name"),  # of label
    ("narrow.py", "title"),  # of texts
    ("narrow.py", "text.format(value=label(date))"),  # of texts
    ("batch.py", "number / len(questions)"),  # a number
    ("owner.py", "said"),  # of texts
    ("index.py", "share"),  # a number, as is 0.0 of a progress bar
}


def is_of_texts(node):
    """Whether an expression is words of texts.py, maybe with numbers put in."""
    if isinstance(node, ast.IfExp):
        return is_of_texts(node.body) and is_of_texts(node.orelse)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        numbers = {"count", "most", "done", "total"}
        return is_of_texts(node.func.value) and all(key.arg in numbers or is_of_texts(key.value) for key in node.keywords)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id == "label"  # escapes what it is given
    if isinstance(node, ast.Subscript):
        return is_of_texts(node.value)
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id == "texts"
    return isinstance(node, ast.Constant)


def test_whatever_is_taken_for_markdown_is_words_of_the_pages_own():
    found = set()
    for path in sorted((ROOT / "footnote" / "page").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LABELLED:
                first = [] if node.func.attr == "Page" else node.args[:1]  # a page's own is a function
                given = first + [key.value for key in node.keywords if key.arg in NAMED]
                found |= {(path.name, ast.unparse(one)) for one in given if not is_of_texts(one)}
    assert found - OTHER_LABELS == set()
    assert found >= OTHER_LABELS


def test_nothing_is_loaded_that_could_run_code():
    forbidden = re.compile(r"\bpickle\b|\bjoblib\b|torch\.load|allow_pickle|yaml\.load\(|trust_remote_code=True")
    assert [path.name for path in MODULES if forbidden.search(path.read_text(encoding="utf-8"))] == []
    calls = [node.func for path in MODULES for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    assert [
        call.id for call in calls if isinstance(call, ast.Name) and call.id in ("eval", "exec", "compile", "__import__")
    ] == []


def test_no_file_is_named_utils():
    assert [path for path in (ROOT / "footnote").rglob("*util*.py")] == []
