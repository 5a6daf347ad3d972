"""Everything that can go wrong and that a user can mend.

    FootnoteError
    +-- KnowledgeBaseError        the folder of articles
    |   +-- FolderMissing
    |   +-- NoArticles
    |   +-- PatternInvalid
    |   +-- FilesRefused          only with --strict
    +-- Unreadable                one file; turned into a Refusal, never stops the rest
    +-- ReaderBroken              a reader that another package adds
    +-- ModelError                the embedding model
    |   +-- ModelMissing
    |   +-- ModelDamaged
    +-- IndexProblem              what ingest has built
    |   +-- IndexMissing
    |   +-- IndexDamaged
    |   +-- IndexUnreadable
    |   +-- IndexOfOtherModel
    |   +-- IndexOfOtherVersion
    |   +-- IndexNotWritable
    |   +-- IngestRunning
    |   +-- AddressInvalid        what should name an index
    |   +-- EngineMissing         a package that an index needs
    |   +-- IndexUnreachable      a server, or a file that another program holds
    |   +-- IndexRefused          no right to a server
    +-- WorkersError              those who do an ingest's work beside its own process
    |   +-- WorkersMissing
    |   +-- WorkersUnreachable
    |   +-- WorkersUnfit
    |   +-- WorkersLost
    +-- QuestionError             what was asked
    |   +-- QuestionEmpty
    |   +-- FilterInvalid
    |   +-- Busy                  on the page
    +-- QuestionFileError         a file of questions
    +-- CareInvalid               the file of care notices

A message names the thing, shows the values and says the way out. Only the edges (``ingest.py``, ``__main__.py``, the page)
turn an error into text and an exit status.
"""

from __future__ import annotations

import traceback

_FRAMES = 6


def described(error: BaseException) -> str:
    """The kind of an exception and of those behind it, each with the innermost places of its way: file, line.

    Never a message, which may hold what a reader typed.
    """
    lines = []
    behind: BaseException | None = error
    while behind is not None:
        frames = traceback.extract_tb(behind.__traceback__)[: -_FRAMES - 1 : -1]
        lines.append(" < ".join([type(behind).__name__, *(f"{frame.filename}:{frame.lineno}" for frame in frames)]))
        behind = behind.__cause__ or (None if behind.__suppress_context__ else behind.__context__)
    return "\n".join(lines)


class FootnoteError(Exception):
    """The root: its message is one or two sentences that can be shown to a user as they are."""


class KnowledgeBaseError(FootnoteError):
    """The folder of articles can't be used."""


class FolderMissing(KnowledgeBaseError):
    """The folder of articles is not there, or is no folder."""


class NoArticles(KnowledgeBaseError):
    """The folder holds no article that could be read."""


class PatternInvalid(KnowledgeBaseError):
    """What says which files to leave out can't be used."""


class FilesRefused(KnowledgeBaseError):
    """Files were refused and the user asked for all or nothing."""


class Unreadable(FootnoteError):
    """One file can't be read as articles."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        self.remedy = remedy


class ReaderBroken(FootnoteError):
    """A reader that another package adds can't be loaded."""


class ModelError(FootnoteError):
    """The embedding model can't be used."""


class ModelMissing(ModelError):
    """No model of that name or folder on this machine."""


class ModelDamaged(ModelError):
    """The model's files are not the ones that were published or compiled."""


class IndexProblem(FootnoteError):
    """The index can't be used."""


class IndexMissing(IndexProblem):
    """Nothing has been ingested yet."""


class IndexDamaged(IndexProblem):
    """A file of the index is not what was written."""


class IndexUnreadable(IndexProblem):
    """A file of the index may not be read by whoever runs this."""


class IndexOfOtherModel(IndexProblem):
    """The vectors were made by another model than the encoder at hand."""


class IndexOfOtherVersion(IndexProblem):
    """The index was written by a version of Footnote with another format."""


class IndexNotWritable(IndexProblem):
    """The index folder can't be created or written."""


class IngestRunning(IndexProblem):
    """Another ingest holds the lock."""


class AddressInvalid(IndexProblem):
    """An index is named in a form that is none."""


class EngineMissing(IndexProblem):
    """The package of the engine that holds the index is not installed."""


class IndexUnreachable(IndexProblem):
    """What holds the index does not answer, or does not let us in now."""


class IndexRefused(IndexProblem):
    """The server that holds the index does not let us do what is needed."""


class WorkersError(FootnoteError):
    """An ingest can't be spread over workers."""


class WorkersMissing(WorkersError):
    """What workers need is not installed."""


class WorkersUnreachable(WorkersError):
    """No scheduler answers."""


class WorkersUnfit(WorkersError):
    """A worker lacks something, or has another version of it."""


class WorkersLost(WorkersError):
    """No worker is left, or one part ends them all."""


class QuestionError(FootnoteError):
    """The question can't be asked."""


class QuestionEmpty(QuestionError):
    """Nothing was asked."""


class FilterInvalid(QuestionError):
    """A filter is not of its form."""


class Busy(QuestionError):
    """Too many others are asking."""


class QuestionFileError(FootnoteError):
    """A file of questions can't be used."""


class CareInvalid(FootnoteError):
    """The file of care notices is missing or not of its form."""
