"""Sets the API pages from the docstrings: `make docs`. A docstring that cannot be set is a warning, and a warning ends it.

Pages and commands (`gait.ui`, `gait.cli`) are left out: nobody calls them from Python.
"""

import sys
import warnings
from pathlib import Path

import pdoc
import pdoc.render

OUT = Path(__file__).resolve().parents[1] / "build" / "api"
MODULES = ("gait", "!gait.ui", "!gait.cli")
ABOUT = "Rear-view running gait analysis. Start with `gait.pipeline.analyse`; the values are in `gait.model`."


def build(out: Path = OUT) -> Path:
    """Write the pages below `out` and give the first one's path.

    Raises:
        UserWarning: A module cannot be imported, or a docstring or annotation cannot be read.
    """
    pdoc.render.configure(docformat="google", footer_text=ABOUT, math=False)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", category=UserWarning, module="pdoc")
        # Neither is a fault of a docstring: some types are generic in their stubs only, one names itself.
        for known in ("is not subscriptable", "name 'Said' is not defined"):
            warnings.filterwarnings("ignore", message=f".*{known}")
        pdoc.pdoc(*MODULES, output_directory=out)
    return out / "index.html"


if __name__ == "__main__":
    sys.stdout.write(f"{build()}\n")
