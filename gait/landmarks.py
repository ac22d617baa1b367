"""The names everything else is indexed by: body side, camera view, BlazePose landmark."""

import enum


class Side(enum.StrEnum):
    """The runner's own left and right, never the picture's.

    Example:
        >>> Side("left").other, Side.RIGHT.lateral_sign, Side.LEFT.lateral_sign
        (<Side.RIGHT: 'right'>, 1, -1)
    """

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> "Side":
        """The opposite side."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT

    @property
    def lateral_sign(self) -> int:
        """+1 where this side's outside points to the picture's right in a rear view, else -1.

        Filmed from behind, the runner's right is the picture's right. A right heel everts by tilting its *top* inward,
        that is to the picture's left. So eversion is `-lateral_sign` times the picture's tilt, as `gait.geometry.eversion_deg`
        has it.
        """
        return 1 if self is Side.RIGHT else -1


class View(enum.StrEnum):
    """Where the camera stands."""

    REAR = "rear"
    FRONT = "front"
    SIDE = "side"
    UNKNOWN = "unknown"


class Landmark(enum.IntEnum):
    """BlazePose's 33 points, in its own order; the value is the column in `PoseTrack.landmarks_px`."""

    NOSE = 0
    LEFT_EYE_INNER = 1
    LEFT_EYE = 2
    LEFT_EYE_OUTER = 3
    RIGHT_EYE_INNER = 4
    RIGHT_EYE = 5
    RIGHT_EYE_OUTER = 6
    LEFT_EAR = 7
    RIGHT_EAR = 8
    MOUTH_LEFT = 9
    MOUTH_RIGHT = 10
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_PINKY = 17
    RIGHT_PINKY = 18
    LEFT_INDEX = 19
    RIGHT_INDEX = 20
    LEFT_THUMB = 21
    RIGHT_THUMB = 22
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32

    @classmethod
    def of(cls, side: Side, joint: str) -> "Landmark":
        """The landmark of one side, by its name without the side.

        Raises:
            KeyError: There is no such point.

        Example:
            >>> int(Landmark.of(Side.LEFT, "heel"))
            29
        """
        return cls[f"{side.name}_{joint.upper()}"]

    @property
    def opposite(self) -> "Landmark":
        """The same point of the other side; the nose is its own.

        Example:
            >>> Landmark.LEFT_HEEL.opposite.name, Landmark.MOUTH_RIGHT.opposite.name, Landmark.NOSE.opposite.name
            ('RIGHT_HEEL', 'MOUTH_LEFT', 'NOSE')
        """
        one, other = ("LEFT", "RIGHT") if "LEFT" in self.name else ("RIGHT", "LEFT")
        return Landmark[self.name.replace(one, other)]
