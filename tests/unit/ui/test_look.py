"""The first look as the New page shows it."""

import re

import numpy as np

from gait.model import Finding
from gait.quality import Check
from gait.said import AS_WRITTEN, Said, as_written
from gait.ui.parts import look


def test_the_look_shows_the_worst_first_and_numbers_several_people():
    step_back = Finding("feet", "refuse", values={"message": "Step <back>.", "advice": ""}, case=AS_WRITTEN)
    checks = [
        Check("light", "ok", as_written("bright"), as_written("90")),
        Check("view", "warn", as_written("side"), None, (Finding("camera_aside", "warn", values={"yaw_deg": 20.0}),)),
        Check("feet", "refuse", as_written("none"), Said("check_least_share", {"share": 0.97}), (step_back,)),
    ]
    said = look.rows(checks)
    assert said.index("Feet") < said.index("View") < said.index("Light")
    assert "Step &lt;back&gt;." in said
    assert "needed: 97% or more" in said
    grey = np.full((80, 100, 3), 90, np.uint8)
    boxes = np.array([[0.1, 0.2, 0.3, 0.9], [0.6, 0.2, 0.8, 0.9]])
    drawn = look._picture(grey, boxes, 1)
    assert re.findall(r"<b>(\d)</b>", drawn) == ["1", "2"]
    assert drawn.index("g-out") < drawn.index("g-in")
    assert "left:60.0%;top:20.0%;width:20.0%;height:70.0%" in drawn
    assert "<b>" not in look._picture(grey, boxes[:1], None)
