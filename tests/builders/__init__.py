"""Where tests find their files. The builders themselves stand in the modules beside this one, one noun a file."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_videos"
SHARED = Path(os.environ.get("GAIT_SHARED", ROOT.parent / "shared"))

needs_shared = pytest.mark.skipif(
    not (SHARED / "clips").is_dir(), reason="needs the shared validation clips (set GAIT_SHARED to their folder)"
)
