"""Runs the renderer with its person turned round, the face to the camera: `python turned_round.py FOLDER_OF_RENDERER SPEC.json OUT`."""

import sys
from pathlib import Path
from typing import Any

import numpy as np

HALF_TURN = np.diag([-1.0, -1.0, 1.0])


def turned(posed: tuple[dict[str, Any], dict[str, Any], dict[str, Any]]) -> tuple[Any, Any, Any]:
    """A pose of the renderer's runner, turned by half a turn about the upright through the belt's middle."""
    rotations, joints, info = posed
    for side in info.values():
        for key, value in side.items():
            if isinstance(value, np.ndarray) and value.shape[-1] == 3:
                side[key] = value @ HALF_TURN
        side["place"] = lambda points, place=side["place"]: place(points) @ HALF_TURN
    return {k: HALF_TURN @ r for k, r in rotations.items()}, {k: HALF_TURN @ p for k, p in joints.items()}, info


def main() -> None:
    """Patch both of the runner's poses, then render as asked."""
    folder, spec, out = sys.argv[1:]
    sys.path.insert(0, folder)
    import render  # type: ignore[import-not-found]

    for name in ("stand", "run"):
        pose = getattr(render.Runner, name)
        setattr(render.Runner, name, lambda *given, pose=pose, **named: turned(pose(*given, **named)))
    sys.argv = [str(Path(folder) / "render.py"), spec, out]
    render.main()


if __name__ == "__main__":
    main()
