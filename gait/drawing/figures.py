"""Interactive charts of a result, from its tables. Plotly only; what they look like here is what the dashboard shows.

Each foot has its colour from `gait.drawing.palette` and is named beside it, in the language that `gait.words` has chosen.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from gait.drawing.palette import SIDE_RGB, css
from gait.drawing.step_lines import step_line, through_peak
from gait.landmarks import Landmark, Side
from gait.model import Estimate
from gait.results.result import EventTimes, Limits
from gait.words import decimal_sign, number, phrase

COLOUR = {side: css(rgb) for side, rgb in SIDE_RGB.items()}
TINT = {side: css(rgb, 0.16) for side, rgb in SIDE_RGB.items()}
THREAD = {side: css(rgb, 0.3) for side, rgb in SIDE_RGB.items()}
INK = "#17252B"
GREY = "#66747A"
GREY_TINT = "rgba(102,116,122,0.16)"
RULE = "#E4E1D9"
ZERO = "#B9BFC1"
FONT = "'Source Sans', 'Source Sans Pro', 'Segoe UI', Helvetica, Arial, sans-serif"

Figure = go.Figure

BONES = {
    "trunk": [
        (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER),
        (Landmark.LEFT_HIP, Landmark.RIGHT_HIP),
        (Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP),
        (Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP),
    ],
    **{
        side.value: [
            (Landmark.of(side, a), Landmark.of(side, b))
            for a, b in (
                ("shoulder", "elbow"),
                ("elbow", "wrist"),
                ("hip", "knee"),
                ("knee", "ankle"),
                ("ankle", "heel"),
                ("heel", "foot_index"),
                ("ankle", "foot_index"),
            )
        ]
        for side in Side
    },
}
"""The lines of the skeleton. The head is drawn as a ball between the ears."""


def _plain(figure: go.Figure, height: int, **margins: int) -> go.Figure:
    """The common look: no legend, no toolbar furniture, our font."""
    margin = {"l": 8, "r": 8, "t": 8, "b": 8} | margins
    figure.update_layout(
        height=height,
        margin=margin,
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 14, "color": INK},
        separators=f"{decimal_sign()} ",
        hoverlabel={"bgcolor": "white", "font": {"family": FONT, "size": 14, "color": INK}},
        dragmode=False,
    )
    return figure


def rearfoot_curves(
    rearfoot: pd.DataFrame,
    strides: pd.DataFrame,
    curves: pd.DataFrame,
    limits: Limits | None,
    peaks: Mapping[Side, Estimate | None],
    times_to_peak: Mapping[Side, Estimate | None],
) -> go.Figure:
    """The heel's tilt while the foot is on the ground, left and right side by side on one scale.

    Args:
        rearfoot: rearfoot.csv; only usable frames of used steps are drawn, one thin line a step.
        strides: strides.csv, for which steps were used.
        curves: curves.csv: mean and SD between steps.
        limits: Drawn as lines; None where the curve is not what is judged.
        peaks: each foot's peak estimate, degrees.
        times_to_peak: each foot's time to peak, per cent of stance.

    Returns:
        A figure with two panels. A foot without data has an empty panel that says so.
    """
    figure = make_subplots(rows=1, cols=2, shared_yaxes=True, horizontal_spacing=0.05)
    hover = phrase("chart-hover_curve", deg="%{y:.1f}", percent="%{x:.0f}")  # Plotly puts the numbers in
    for column, side in enumerate(Side, start=1):
        mean = curves[curves["side"] == side.value].dropna(subset=["angle_deg"]) if len(curves) else curves
        drawn = _steps_of(rearfoot, strides, side)
        if len(drawn):
            figure.add_scatter(
                **_threads(drawn, mean),
                mode="lines",
                line={"color": THREAD[side], "width": 1},
                hoverinfo="skip",
                name=f"steps {side.value}",
                row=1,
                col=column,
            )
        if not len(mean):
            figure.add_annotation(
                x=50, y=0.5, yref="y domain", text=phrase("chart-no_curve"), showarrow=False, row=1, col=column
            )
            continue
        peak, at = peaks.get(side), times_to_peak.get(side)
        if peak and at:
            pct, angle_deg = (mean[name].to_numpy(float) for name in ("stance_pct", "angle_deg"))
            mean = mean.assign(angle_deg=through_peak(pct, angle_deg, peak.value, at.value))
        _band(figure, mean, column, TINT[side])
        _line(figure, mean, column, {"color": COLOUR[side], "width": 4}, hover, f"mean {side.value}")
        _peak_mark(figure, side, peak, at, column)
    for column in (1, 2):
        figure.add_hline(y=0, line={"color": ZERO, "width": 1}, row=1, col=column)
        if limits is None:
            continue
        for value, text, shift in (
            (limits.over_deg, phrase("chart-over_above", deg=number(limits.over_deg, 1)), 10),
            (limits.under_deg, phrase("chart-under_below", deg=number(limits.under_deg, 1)), -10),
        ):
            figure.add_hline(y=value, line={"color": GREY, "width": 1.2, "dash": "5px,4px"}, row=1, col=column)
            figure.add_annotation(
                x=100,
                y=value,
                xanchor="right",
                yshift=shift,
                text=text,
                showarrow=False,
                font={"size": 12.5, "color": GREY},
                row=1,
                col=column,
            )
    return _over_stance(figure)


def compared_curves(a: pd.DataFrame, b: pd.DataFrame) -> go.Figure:
    """The heel's tilt of two runs over each other, left and right side by side on one scale.

    Args:
        a: curves.csv of the first run: mean and SD between steps. Dashed.
        b: That of the second. Solid.

    Returns:
        A figure with two panels; each curve has its band of one SD. A foot that neither run shows has a panel that says so.
    """
    figure = make_subplots(rows=1, cols=2, shared_yaxes=True, horizontal_spacing=0.05)
    hover = phrase("chart-hover_curve", deg="%{y:.1f}", percent="%{x:.0f}")  # Plotly puts the numbers in
    for column, side in enumerate(Side, start=1):
        shown = 0
        for run, table, colour, dash in (("a", a, GREY, "7px,4px"), ("b", b, COLOUR[side], "solid")):
            mean = table[table["side"] == side.value].dropna(subset=["angle_deg"]) if len(table) else table
            if not len(mean):
                continue
            shown += 1
            _band(figure, mean, column, GREY_TINT if run == "a" else TINT[side], f"band {run} {side.value}")
            line = {"color": colour, "width": 4 if run == "b" else 3, "dash": dash}
            _line(figure, mean, column, line, f"{run.upper()}: {hover}", f"mean {run} {side.value}")
        if not shown:
            figure.add_annotation(
                x=50, y=0.5, yref="y domain", text=phrase("chart-no_curve"), showarrow=False, row=1, col=column
            )
        figure.add_hline(y=0, line={"color": ZERO, "width": 1}, row=1, col=column)
    return _over_stance(figure)


def _band(figure: go.Figure, mean: pd.DataFrame, column: int, tint: str, name: str | None = None) -> None:
    """One SD to either side of a curve."""
    sd = mean["sd_deg"].fillna(0)
    figure.add_scatter(
        x=[*mean["stance_pct"], *mean["stance_pct"][::-1]],
        y=[*(mean["angle_deg"] + sd), *(mean["angle_deg"] - sd)[::-1]],
        fill="toself",
        fillcolor=tint,
        line={"width": 0},
        hoverinfo="skip",
        name=name,
        row=1,
        col=column,
    )


def _line(
    figure: go.Figure, mean: pd.DataFrame, column: int, line: Mapping[str, str | float], hover: str, name: str
) -> None:
    """The curve itself."""
    figure.add_scatter(
        x=mean["stance_pct"],
        y=mean["angle_deg"],
        mode="lines",
        line=line,
        hovertemplate=f"{hover}<extra></extra>",
        name=name,
        row=1,
        col=column,
    )


def _over_stance(figure: go.Figure) -> go.Figure:
    """Both panels over ground contact, in degrees."""
    figure.update_xaxes(
        range=[-2, 102],
        tickvals=[0, 25, 50, 75, 100],
        ticktext=[
            phrase("chart-lands"),
            *(phrase("chart-share", percent=percent) for percent in (25, 50, 75)),
            phrase("chart-leaves"),
        ],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        tickfont={"size": 13, "color": GREY},
    )
    figure.update_yaxes(gridcolor=RULE, zeroline=False, ticksuffix="°", fixedrange=True, tickfont={"color": GREY})
    return _plain(figure, 360, b=28, l=44, r=26)


def _steps_of(rearfoot: pd.DataFrame, strides: pd.DataFrame, side: Side) -> pd.DataFrame:
    """The usable frames of one foot's used steps."""
    if not len(rearfoot):
        return pd.DataFrame(columns=["stance", "stance_pct", "angle_deg"])
    frames = rearfoot[(rearfoot["side"] == side.value) & rearfoot["usable"].astype(bool)]
    if len(strides):
        used = strides[(strides["side"] == side.value) & strides["used"].astype(bool)]["stance"]
        frames = frames[frames["stance"].isin(used)]
    return frames.dropna(subset=["angle_deg"]).sort_values(["stance", "stance_pct"])


def _threads(frames: pd.DataFrame, mean: pd.DataFrame) -> dict[str, list[float | None]]:
    """All steps as one line with gaps between them: one trace is built and sent many times faster than one a step."""
    x: list[float | None] = []
    y: list[float | None] = []
    curve = [mean[name].to_numpy(float) if len(mean) else np.empty(0) for name in ("stance_pct", "angle_deg")]
    for _, step in frames.groupby("stance"):
        pct, angle_deg = step_line(step["stance_pct"].to_numpy(float), step["angle_deg"].to_numpy(float), *curve)
        x += [*pct.round(2).tolist(), None]
        y += [*angle_deg.round(3).tolist(), None]
    return {"x": x, "y": y}


def _peak_mark(figure: go.Figure, side: Side, peak: Estimate | None, at: Estimate | None, column: int) -> None:
    """A dot with its interval where the mean peak is."""
    if peak is None or at is None:
        return
    value, (low, high) = peak.value, peak.ci95
    hover = phrase("chart-hover_peak", deg=number(value, 1), low=number(low, 1), high=number(high, 1))
    figure.add_scatter(
        x=[at.value],
        y=[value],
        mode="markers",
        marker={"color": "white", "size": 11, "line": {"color": COLOUR[side], "width": 3}},
        error_y=_interval(low, value, high, 2, 6),
        hovertemplate=f"{hover}<extra></extra>",
        name=f"peak {side.value}",
        row=1,
        col=column,
    )


def _interval(low: float, value: float, high: float, thickness: float, width: float) -> dict[str, Any]:
    """An error bar from `low` to `high` about `value`, as Plotly takes it."""
    ends = {"type": "data", "array": [high - value], "arrayminus": [value - low]}
    return {**ends, "color": INK, "thickness": thickness, "width": width}


def _name_side(figure: go.Figure, side: Side, y: float) -> None:
    """The foot's name in its colour, left of its row."""
    font = {"size": 14, "color": COLOUR[side]}
    name = phrase("chart-side", side=side.value)
    figure.add_annotation(x=0, y=y, xanchor="right", xshift=-8, showarrow=False, text=name, font=font)


def left_right(
    rows: Sequence[tuple[str, Mapping[Side, Estimate | None]]], unit: str = "ms", factor: float = 1000
) -> go.Figure:
    """Left against right as dots with their intervals, one block per quantity.

    Args:
        rows: (words, estimate per side), top to bottom. An absent estimate is named as not measured.
        unit: Written after each value.
        factor: From the estimates' unit to `unit`.

    Returns:
        A figure 88 px high per quantity.
    """
    figure = go.Figure()
    reach = [0.0]
    for i, (words, feet) in enumerate(rows):
        figure.add_annotation(
            x=0, y=i - 0.42, text=f"<b>{words}</b>", showarrow=False, xanchor="left", yanchor="middle", xref="paper"
        )
        for k, side in enumerate(Side):
            y = i - 0.1 + 0.27 * k
            estimate = feet.get(side)
            if estimate is None:
                text = phrase("chart-not_measured", side=side.value)
                figure.add_annotation(x=0.16, xref="paper", y=y, text=text, showarrow=False, xanchor="left")
                continue
            value = estimate.value * factor
            low, high = (v * factor for v in estimate.ci95)
            reach += [low, high]
            told = {"value": number(value, 0), "low": number(low, 0), "high": number(high, 0)}
            hover = phrase("chart-hover_time", side=side.value, unit=unit, **told)
            figure.add_scatter(
                x=[0, value],
                y=[y, y],
                mode="lines",
                line={"color": TINT[side], "width": 13},
                hoverinfo="skip",
            )
            figure.add_scatter(
                x=[value],
                y=[y],
                mode="markers",
                marker={"size": 13, "color": COLOUR[side]},
                error_x=_interval(low, value, high, 1.6, 5),
                hovertemplate=f"{hover}<extra></extra>",
                name=f"{words} {side.value}",
            )
            figure.add_annotation(
                x=1,
                xref="paper",
                y=y,
                xanchor="right",
                showarrow=False,
                text=f"<b>{told['value']}</b> {unit} <span style='color:{GREY}'>({told['low']}–{told['high']})</span>",
                font={"size": 15},
            )
            _name_side(figure, side, y)
    figure.update_yaxes(range=[len(rows) - 0.45, -0.65], visible=False, fixedrange=True)
    # Half the width for the bars: the words beside them take 120 px, and a phone has 270 for both.
    figure.update_xaxes(range=[min(reach), max(reach) * 1.95 or 1], visible=False, fixedrange=True)
    return _plain(figure, 14 + 88 * max(1, len(rows)), l=46)


def contact_pattern(events: Mapping[Side, EventTimes], window_s: float = 2.2) -> go.Figure:
    """Which foot is on the ground when: a few steps from the middle of the run.

    Args:
        events: Each foot's events; an absent foot has no bars.
        window_s: How much is shown.

    Returns:
        Two rows of bars. Empty when no foot has a whole stance.
    """
    figure = go.Figure()
    stances = {side: _stances(events[side]) if side in events else [] for side in Side}
    starts = sorted(s for rows in stances.values() for s, _ in rows)
    begin = starts[len(starts) // 2] - 0.06 if starts else 0.0
    for y, side in enumerate(Side):
        for strike, off in stances[side]:
            if off < begin or strike > begin + window_s:
                continue
            a, b = max(strike, begin) - begin, min(off, begin + window_s) - begin
            figure.add_shape(
                type="rect",
                x0=a,
                x1=b,
                y0=y - 0.3,
                y1=y + 0.3,
                fillcolor=COLOUR[side],
                line={"width": 0},
                layer="above",
            )
        _name_side(figure, side, y)
        figure.add_hline(y=y, line={"color": RULE, "width": 1}, layer="below")
    figure.add_scatter(x=[0, window_s], y=[0, 1], mode="markers", marker={"opacity": 0}, hoverinfo="skip")
    figure.update_yaxes(range=[1.6, -0.6], visible=False, fixedrange=True)
    figure.update_xaxes(
        range=[0, window_s],
        ticksuffix=" s",
        tickvals=[0, 0.5, 1, 1.5, 2],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        tickfont={"size": 13, "color": GREY},
    )
    return _plain(figure, 132, l=46, b=28)


def _stances(foot: EventTimes) -> list[tuple[float, float]]:
    """Whole stances: each strike with the first toe-off after it, unless the next strike comes first."""
    strikes, offs = sorted(foot.foot_strike_s), sorted(foot.toe_off_s)
    found = []
    for i, strike in enumerate(strikes):
        end = strikes[i + 1] if i + 1 < len(strikes) else math.inf
        off = next((t for t in offs if strike < t < end), None)
        if off is not None:
            found.append((strike, off))
    return found


def two_strides(times_s: NDArray[np.float64], strikes_s: Sequence[float], most: int = 44) -> NDArray[np.int64]:
    """Frames of two whole strides from the middle of the clip.

    Args:
        times_s: (n,) of all frames.
        strikes_s: One foot's foot strikes, ascending. With fewer than three, 1.5 s about the middle are taken.
        most: The frames are thinned evenly to this many.

    Returns:
        (k,) frame indices, ascending.
    """
    if len(times_s) == 0:
        return np.empty(0, dtype=np.int64)
    if len(strikes_s) >= 3:
        first = max(0, min(len(strikes_s) // 2 - 1, len(strikes_s) - 3))
        start, end = float(strikes_s[first]), float(strikes_s[first + 2])
    else:
        start = float(times_s[len(times_s) // 2]) - 0.75
        end = start + 1.5
    inside = np.flatnonzero((times_s >= start) & (times_s < end))
    if not len(inside):
        inside = np.arange(len(times_s))
    step = max(1, math.ceil(len(inside) / most))
    return np.asarray(inside[::step], dtype=np.int64)


def skeleton(world_m: NDArray[np.float64], frames: NDArray[np.int64], rounds: int = 6) -> go.Figure:
    """A turning stick figure in 3D with a play button.

    Args:
        world_m: (n, 33, 3) hip-centred metres, y down; NaN = not seen.
        frames: Which of them, in order: whole strides, so that the end joins the beginning.
        rounds: How often Play repeats them, the camera swinging from behind to one side and back.

    Returns:
        A figure with one animation frame per pose; the camera starts where the film camera stood, behind.
    """
    shown = [i for i in frames if np.isfinite(world_m[i]).all()]
    figure = go.Figure()
    if not shown:
        figure.add_annotation(text=phrase("chart-no_skeleton"), showarrow=False)
        return _plain(figure, 600)
    poses = _smoothed(world_m[shown])
    # Plotly's z points up, the tracker's y down; its z points away from the camera.
    points = np.stack([poses[..., 0], poses[..., 2], -poses[..., 1]], axis=-1)
    floor = float(np.percentile(points[..., 2].min(axis=1), 5))
    figure.add_traces([_belt(floor), *_body(points[0])])
    names = [f"{k}" for k in range(len(points))]
    figure.frames = [
        go.Frame(
            name=name,
            data=_body(pose),
            traces=[1, 2, 3, 4],
            layout={"scene": {"camera": _camera(k / len(points))}},
        )
        for k, (name, pose) in enumerate(zip(names, points, strict=True))
    ]
    half = 0.98
    middle = (floor + float(points[..., 2].max())) / 2
    hidden = {"visible": False, "showspikes": False}
    figure.update_layout(
        scene={
            "xaxis": hidden | {"range": [-half, half]},
            "yaxis": hidden | {"range": [-half, half]},
            "zaxis": hidden | {"range": [middle - half, middle + half]},
            "aspectmode": "cube",
            "camera": _camera(0),
        },
        updatemenus=[
            {
                "type": "buttons",
                "direction": "right",
                "x": 0.5,
                "xanchor": "center",
                "y": 0,
                "yanchor": "bottom",
                "pad": {"b": 4},
                "bgcolor": "white",
                "bordercolor": "#C9C6BD",
                "font": {"size": 14, "color": INK},
                "showactive": False,
                "buttons": [
                    {
                        "label": f"▶  {phrase('chart-play')}",
                        "method": "animate",
                        "args": [
                            names * rounds,
                            {
                                "frame": {"duration": 55, "redraw": True},
                                "transition": {"duration": 0},
                                "mode": "immediate",
                            },
                        ],
                    },
                    {
                        "label": f"❚❚  {phrase('chart-stop')}",
                        "method": "animate",
                        "args": [[None], {"frame": {"duration": 0, "redraw": False}, "mode": "immediate"}],
                    },
                ],
            }
        ],
    )
    _plain(figure, 600, l=0, r=0, t=0, b=0)
    figure.update_layout(dragmode="turntable")
    return figure


def _camera(share: float) -> dict[str, Any]:
    """Behind the runner at 0, 65° to the side at a quarter, back at a half, the other side at three quarters."""
    angle = math.radians(65) * math.sin(2 * math.pi * share)
    return {
        "eye": {"x": 1.35 * math.sin(angle), "y": -1.35 * math.cos(angle), "z": 0.28},
        "center": {"x": 0, "y": 0, "z": -0.04},
        "up": {"x": 0, "y": 0, "z": 1},
    }


def _smoothed(poses: NDArray[np.float64]) -> NDArray[np.float64]:
    """A three-frame mean, for the eye only: the tracker's 3D guess trembles. The ends join, as the strides do."""
    if len(poses) < 5:
        return poses
    return np.asarray((np.roll(poses, 1, axis=0) + 2 * poses + np.roll(poses, -1, axis=0)) / 4)


def _belt(floor_m: float) -> go.Scatter3d:
    """The treadmill's outline under the feet."""
    x = [-0.26, 0.26, 0.26, -0.26, -0.26]
    y = [-0.75, -0.75, 0.75, 0.75, -0.75]
    return go.Scatter3d(
        x=x, y=y, z=[floor_m] * 5, mode="lines", line={"color": "#C9C6BD", "width": 3}, hoverinfo="skip"
    )


def _body(pose: NDArray[np.float64]) -> list[go.Scatter3d]:
    """Trunk, left, right and head of one pose, (33, 3) in plotly's axes."""
    colours = {"trunk": "#4A5A61", "left": COLOUR[Side.LEFT], "right": COLOUR[Side.RIGHT]}
    traces = []
    for name, bones in BONES.items():
        xyz: list[list[float | None]] = [[], [], []]
        for a, b in bones:
            for axis in range(3):
                xyz[axis] += [round(float(pose[a, axis]), 3), round(float(pose[b, axis]), 3), None]
        traces.append(
            go.Scatter3d(
                x=xyz[0], y=xyz[1], z=xyz[2], mode="lines", line={"color": colours[name], "width": 9}, hoverinfo="skip"
            )
        )
    head = (pose[Landmark.LEFT_EAR] + pose[Landmark.RIGHT_EAR]) / 2
    traces.append(
        go.Scatter3d(
            x=[round(float(head[0]), 3)],
            y=[round(float(head[1]), 3)],
            z=[round(float(head[2]), 3)],
            mode="markers",
            marker={"color": "#4A5A61", "size": 17},
            hoverinfo="skip",
        )
    )
    return traces
