"""Every word that the page itself says, so that it can be translated here."""

TITLE = "Footnote"
TAGLINE = "Ask the articles. Every word shown stands in one of them."
PARTS_OF_PAGE = "Parts of the page"
ASK, ARTICLES, MAP, BATCH, INDEX = "Ask", "Articles", "Map", "Batch", "Index"

# Asking
QUESTION = "Question"
PLACEHOLDER = "What would you like to know?"
EXAMPLES = "For example"
SEARCHING = "Searching the articles ..."
CONFIDENCE = {"strong": "Strong match", "related": "Related", "weak": "Weak match"}
PASSAGES_ONE = "1 passage"
PASSAGES_MANY = "{count} passages"
DOWNLOAD = "Download CSV"
LINK = "Link"
ADDRESS = "Address"
LINK_HINT = (
    "This address brings the same question back. Whoever has it, and every history it passes through, can read the question."
)
OPEN = "Open in article"
NEIGHBOURS = "What stands around it"
COPY, COPIED = "Copy", "Copied"
ALSO_IN = "Also in:"
LIKE = "More like this"
LIKE_TITLE = "More like this passage"
LIKE_NONE = "No other passage resembles it."
CITE = "Cite"
CITE_STYLES = {"plain": "Plain", "markdown": "Markdown", "apa": "APA-like", "bibtex": "BibTeX"}
USEFUL = "Was this useful?"
NARROW = "Narrow down"
FIND_LIMIT = "Find a tag, an author or an article"
TAGS, AUTHORS, IN_ARTICLES, SINCE, UNTIL = "Tags", "Authors", "Articles", "From", "To"
CHOSEN = "\u2713 {value}"
COUNTED = "{value} ({count})"
MORE_CHOICES = "{count} more; find them by a part of their name."
NO_CHOICE = "Nothing by that name."
ANY_DATE = "any date"
LIMITED_ONE = "These limits leave 1 of {all} articles."
LIMITED = "These limits leave {count} of {all} articles."
DROP = "{value} \u2715"
DROP_DATES = {"since": "from {value} \u2715", "until": "to {value} \u2715"}
SEARCH_ALL = "Search all articles"
FAILED = "That did not work. Please ask again."
BUSY = "Many questions are being answered just now. Please ask again in a moment."
TOO_MANY = "That is more questions a minute than one reader asks. Please wait a moment and ask again."

# Reading
BACK = "Ask a question"
ALL_ARTICLES = "All articles"
CITED = "Cited passage"
CONTENTS = "In this article"
SOURCE = "Source: {source}"
CHANGED = "The file has changed since this was indexed. What you read here is the indexed state."
GONE = "The file is gone since this was indexed. What you read here is the indexed state."
NO_ARTICLE = "There is no such article in the library; it may have been renamed or removed."
NO_PASSAGE = "The passage that was linked to is no longer in this article."
TAG = "Tag"
EVERY_TAG = "all tags"
ARTICLES_ONE = "1 article"
ARTICLES_COUNT = "{count} articles"
FIND_TITLE = "Find a title"

# Map
MAP_INTRO = "Every point is a passage; those that resemble each other lie close. Choose one to read it."
MAP_TAG = "Colour by"
MAP_OTHER = "other"
MAP_QUESTION = "your question"
MAP_HITS = "its answers"
MAP_PART = "Shown are {shown} of {count} passages, spread evenly."
MAP_LIST = "The answers to your question, as a list"

# Batch
BATCH_INTRO = "Ask many questions at once and take the answers away as CSV."
BATCH_LINES = "Questions, one on a line"
BATCH_FILE = "Or a CSV file with a column named question"
BATCH_RUN = "Ask them all"
BATCH_TOP = "Passages a question"
BATCH_PROGRESS = "{done} of {total} questions"
BATCH_DONE = "{questions} questions, {answered} answered, {nothing} with nothing relevant."
BATCH_REFUSED = "The file can't be used."
BATCH_NONE = "There is no question. Type one on each line."
BATCH_MANY = "That is {count} questions; {most} at once is the most. Split them up."

# Index
INDEX_TITLE = "What is indexed"
INDEX_BUILT = "Built {when} with {model}"
PARTS = {"articles": "Articles", "passages": "Passages", "refused": "Files refused"}
CURRENT = "The index says what the articles say."
NO_FOLDER = "The folder of articles is not at hand, so changes can't be told."
CHANGES = {"new": "New", "changed": "Changed", "renamed": "Renamed", "gone": "Gone"}
PATTERNS = "What says which files to leave out can't be read. Its owner can see why with: python -m footnote status"
CHANGES_TITLE = "Changed since"
REFUSED_TITLE = "Files refused"
NOTICES_TITLE = "Worth knowing"
BY_ARTICLE, BY_LENGTH, BY_SIMILARITY = "Passages by article", "Passages by length", "Passages by their nearest neighbour"
LENGTH_AXIS, SIMILARITY_AXIS, COUNT_AXIS, ARTICLE_AXIS = "words", "cosine to the most similar passage", "passages", "article"
REBUILD = "Bring the index up to date"
REBUILD_ALL = "Embed everything anew"
REBUILDING = "Building. Whoever asks meanwhile is answered from the index as it was."
REBUILT = {
    0: "The index is up to date.",
    3: "The index is up to date; some files were refused.",
    4: "Another build is running already.",
}
REBUILD_FAILED = "The build failed; the index is as it was before. What it said:"
OWNER_ONLY = "Rebuilding and uploading are for the owner."
PASSWORD = "Owner's password"
WRONG_PASSWORD = "That is not the password."
TOO_MANY_PASSWORDS = "Too many wrong passwords were given. Nobody is let in for a few minutes."

# Logging in, where the owner wants it
READERS_ONLY = "This library is for its readers. Log in to read."
NOT_A_READER = "Your address is not among this library's readers. Its owner can add it."
LOG_IN, LOG_OUT = "Log in", "Log out"
LOGIN_NOT_INSTALLED = "The login needs one more package. The owner can install it with: pip install -r requirements-login.txt"
LOGIN_NOT_SET_UP = "The login is not set up. The owner finds in docs/deploy.md what .streamlit/secrets.toml must say."

# What can go wrong
NO_INDEX = "The library has not been built yet. Its owner can build it with: python ingest.py"
UNREADABLE = "The library can't be read at the moment. Its owner can build it again with: python ingest.py"
OLD_KEPT = "The library can't be read as it was last built, so an earlier state answers. Its owner can run: python ingest.py"
