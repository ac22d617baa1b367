"""Small networks in Caffe's form, made here: what a user's OpenPose files are like, without a weight of theirs."""

import numpy as np

SHAPES = {"body_25": (52, 26), "coco": (38, 19), "mpi": (28, 16)}
"""Maps of the two last layers: directions, and heat with the background."""
NUMBERS = {"body_25": "584000", "coco": "440000", "mpi": "160000"}
CELL_PX = 8


def _varint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def _field(number, content):
    """One field of a protocol buffer whose length stands before it."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _blob(values):
    """BlobProto: data is 5, shape 7, its dim 1."""
    array = np.asarray(values, "<f4")
    dims = b"".join(_varint(v) for v in array.shape)
    return _field(7, _field(1, dims)) + _field(5, array.tobytes())


def write_openpose(folder, name, weights=None, maps=None):
    """A network that takes the mean of one colour in each cell of 8 pixels for every map, under OpenPose's own names of files.

    `weights` maps a map's number to the colour it is the mean of (0 blue, 1 green, 2 red, as the network is given them). `maps`: another
    number of maps of directions than that network's own.
    """
    fields, heats = SHAPES[name]
    fields = maps or fields
    layers, text = (
        b"",
        f'name: "made"\ninput: "image"\ninput_dim: 1\ninput_dim: 3\ninput_dim: {CELL_PX}\ninput_dim: {CELL_PX}\n',
    )
    for layer, count, first in (("L2", heats, 0), ("L1", fields, heats)):
        kernel = np.zeros((count, 3, CELL_PX, CELL_PX), np.float32)
        for which, colour in (weights or {}).items():
            if first <= which < first + count:
                kernel[which - first, colour] = 1 / CELL_PX**2
        inner = _field(1, layer.encode()) + _field(2, b"Convolution") + _field(3, b"image") + _field(4, layer.encode())
        layers += _field(100, inner + _field(7, _blob(kernel)) + _field(7, _blob(np.zeros(count))))
        text += (
            f'layer {{ name: "{layer}" type: "Convolution" bottom: "image" top: "{layer}"\n'
            f"  convolution_param {{ num_output: {count} kernel_size: {CELL_PX} stride: {CELL_PX} }} }}\n"
        )
    text += 'layer { name: "net_output" type: "Concat" bottom: "L2" bottom: "L1" top: "net_output" concat_param { axis: 1 } }\n'
    folder.mkdir(parents=True, exist_ok=True)
    network, content = folder / "pose_deploy.prototxt", folder / f"pose_iter_{NUMBERS[name]}.caffemodel"
    network.write_text(text)
    content.write_bytes(_field(1, b"made") + layers)
    return network, content
