"""A runner whose points are known, written as other tools write theirs: by these few lines, not by gait's own writer."""

import json

import numpy as np

from gait.landmarks import Landmark

WIDTH, HEIGHT = 720, 1280
UPRIGHT = {
    **{"NOSE": (0, 240), "EYE_INNER": (8, 232), "EYE": (14, 231), "EYE_OUTER": (20, 232), "EAR": (30, 236)},
    **{"MOUTH": (10, 255), "SHOULDER": (80, 330), "ELBOW": (110, 440), "WRIST": (90, 520), "PINKY": (88, 540)},
    **{"INDEX": (84, 545), "THUMB": (80, 530), "HIP": (48, 600), "KNEE": (45, 790), "ANKLE": (40, 990)},
    **{"HEEL": (38, 1030), "FOOT_INDEX": (52, 1041)},
}


def runner(n=40, fps=30.0, stride_s=0.7, x=360.0, scale=1.0):
    """(n, 33, 2) px: a body seen from behind whose feet go up and down in turn."""
    points = np.full((n, 33, 2), np.nan)
    phase = 2 * np.pi * np.arange(n) / fps / stride_s
    for landmark in Landmark:
        side = -1 if "LEFT" in landmark.name else 1 if "RIGHT" in landmark.name else 0
        joint = landmark.name.replace("LEFT_", "").replace("RIGHT_", "").replace("_LEFT", "").replace("_RIGHT", "")
        across, down = UPRIGHT[joint]
        lift = {"KNEE": 40, "ANKLE": 120, "HEEL": 140, "FOOT_INDEX": 110}.get(joint, 0)
        points[:, landmark, 0] = x + scale * (side * across + 3 * np.sin(phase))
        up = lift * np.maximum(0, np.sin(phase + (np.pi if side > 0 else 0)))
        points[:, landmark, 1] = 100 + scale * (down - up + 8 * np.sin(2 * phase))
    return points


OPENPOSE = {
    "BODY_25": "nose neck r_shoulder r_elbow r_wrist l_shoulder l_elbow l_wrist midhip r_hip r_knee r_ankle l_hip l_knee l_ankle r_eye l_eye"
    " r_ear l_ear l_foot_index l_smalltoe l_heel r_foot_index r_smalltoe r_heel",
    "BODY_25B": "nose l_eye r_eye l_ear r_ear l_shoulder r_shoulder l_elbow r_elbow l_wrist r_wrist l_hip r_hip l_knee r_knee l_ankle r_ankle"
    " upperneck headtop l_foot_index l_smalltoe l_heel r_foot_index r_smalltoe r_heel",
    "COCO-18": "nose neck r_shoulder r_elbow r_wrist l_shoulder l_elbow l_wrist r_hip r_knee r_ankle l_hip l_knee l_ankle r_eye l_eye r_ear l_ear",
    "MPI-15": "head neck r_shoulder r_elbow r_wrist l_shoulder l_elbow l_wrist r_hip r_knee r_ankle l_hip l_knee l_ankle chest",
    "Halpe-26": "nose l_eye r_eye l_ear r_ear l_shoulder r_shoulder l_elbow r_elbow l_wrist r_wrist l_hip r_hip l_knee r_knee l_ankle r_ankle"
    " head neck hip l_foot_index r_foot_index l_smalltoe r_smalltoe l_heel r_heel",
    "COCO-17": "nose l_eye r_eye l_ear r_ear l_shoulder r_shoulder l_elbow r_elbow l_wrist r_wrist l_hip r_hip l_knee r_knee l_ankle r_ankle",
}
"""Each skeleton's points in its own order, as its makers document it."""


def landmark(name):
    full = name.replace("l_", "LEFT_", 1) if name.startswith("l_") else name.replace("r_", "RIGHT_", 1)
    return Landmark.__members__.get(full.upper())


def joints(skeleton):
    return [int(m) for m in map(landmark, OPENPOSE[skeleton].split()) if m is not None]


def in_order(points, skeleton, confidence=0.8):
    """(n, k, 3) of (n, 33, 2): what BlazePose does not have is a middle of two joints; NaN becomes 0, 0, 0."""
    middle = {
        "neck": ("SHOULDER", 0),
        "upperneck": ("SHOULDER", -30),
        "headtop": ("SHOULDER", -150),
        "head": ("SHOULDER", -140),
    }
    middle |= {"chest": ("SHOULDER", 90), "midhip": ("HIP", 0), "hip": ("HIP", 0)}
    middle |= {"l_smalltoe": ("FOOT_INDEX", 2), "r_smalltoe": ("FOOT_INDEX", 2)}
    found = []
    for name in OPENPOSE[skeleton].split():
        at = landmark(name)
        if at is None:
            joint, down = middle[name]
            one = points[:, [Landmark[f"LEFT_{joint}"], Landmark[f"RIGHT_{joint}"]]].mean(axis=1) + np.array([0, down])
        else:
            one = points[:, at]
        found.append(np.column_stack([one, np.full(len(one), confidence)]))
    rows = np.stack(found, axis=1)
    rows[~np.isfinite(rows).all(axis=2)] = 0
    return rows


def openpose_folder(folder, people, skeleton="BODY_25", scale=lambda xy: xy):
    """People: for each (n, 33, 2)."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [in_order(points, skeleton) for points in people]
    for k in range(len(rows[0])):
        shown = []
        for of_one in rows:
            row = of_one[k].copy()
            row[:, :2] = np.where(row[:, 2:] > 0, scale(row[:, :2]), 0)
            shown.append({"person_id": [-1], "pose_keypoints_2d": row.ravel().tolist(), "hand_left_keypoints_2d": []})
        (folder / f"run_{k:012d}_keypoints.json").write_text(json.dumps({"version": 1.3, "people": shown}))
    return folder


def trc(path, points, units="px", y_up=False, fps=30.0):
    """Markers as Sports2D and Pose2Sim write them; metres are 2 mm a px, with y up."""
    names = {"l_heel": "LHeel", "r_heel": "RHeel", "l_foot_index": "LBigToe", "r_foot_index": "RBigToe"}
    wanted = [n for n in OPENPOSE["Halpe-26"].split() if landmark(n) is not None]
    written = [
        names.get(n, n.replace("l_", "L", 1) if n[1] == "_" and n[0] == "l" else n.replace("r_", "R", 1))
        for n in wanted
    ]
    written = [w[0] + w[1:].capitalize() if w[0] in "LR" and w not in names.values() else w for w in written]
    xy = points[:, [int(landmark(n)) for n in wanted]].copy()
    if units == "m":
        xy = np.stack([xy[..., 0] * 0.002, (HEIGHT - xy[..., 1]) * 0.002], axis=-1)
    elif y_up:
        xy[..., 1] *= -1
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{fps}\t{fps}\t{len(xy)}\t{len(wanted)}\t{units}\t{fps}\t0\t{len(xy)}",
        "Frame#\tTime\t" + "\t\t\t".join(written) + "\t\t",
        "\t\t" + "\t".join(f"{a}{k + 1}" for k in range(len(wanted)) for a in "XYZ"),
    ]
    for k, row in enumerate(xy):
        cells = [
            "" if np.isnan(v) else repr(float(v)) for x, y in row for v in (x, y, 0.0 if np.isfinite(x) else np.nan)
        ]
        lines.append(f"{k}\t{k / fps!r}\t" + "\t".join(cells))
    path.write_text("\n".join(lines) + "\n")
    return path
