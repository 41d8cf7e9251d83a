"""A registry of images whose tags move: what an image's tag stands for, until somebody pushes."""

import hashlib
from collections import Counter


class Registry:
    def __init__(self) -> None:
        self._pushes: Counter[str] = Counter()

    def push(self, image: str) -> None:
        """The tag stands for another digest from now on."""
        self._pushes[image] += 1

    def digest(self, reference: str) -> str:
        """Of an image by its tag; one that is named by digest is that."""
        image, _, digest = reference.partition("@")
        if digest:
            return digest
        text = f"{image}/{self._pushes[image]}"
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
