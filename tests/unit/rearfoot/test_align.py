"""Registration of a patch: known turns, shifts, gains, and what covers part of it."""

import cv2
import numpy as np
import pytest

from gait.rearfoot.align import Alignment, Template, align, make_template, parameters_matrix, reweighted, similarity

SIZE = 120


def texture() -> np.ndarray:
    """Smooth random colours."""
    rng = np.random.default_rng(3)
    return cv2.GaussianBlur(rng.uniform(0, 255, (SIZE, SIZE, 3)).astype(np.float32), (0, 0), 3.0) * 2


def patch_of(picture: np.ndarray) -> Template:
    return make_template(np.ascontiguousarray(picture[40:80, 30:90]), np.ones((40, 60), np.float32))


def warped(picture: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return cv2.warpAffine(picture, matrix, (SIZE, SIZE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)


def fitted(template: Template, picture: np.ndarray, **how: object) -> Alignment:
    found = align(template, [picture], [similarity(template, (60.0, 59.0), 0.0)], iterations=30, **how)[0]
    assert found is not None
    return found


@pytest.mark.parametrize("turn_deg", [-9.0, -2.0, 0.5, 7.0])
def test_a_turn_is_recovered(turn_deg: float) -> None:
    picture = texture()
    template = patch_of(picture)
    turned = warped(picture, cv2.getRotationMatrix2D((59.5, 59.5), -turn_deg, 1.0))
    for free in (True, False):
        found = fitted(template, turned, free_shape=free)
        linear = found.matrix[:, :2]
        assert np.degrees(np.arctan2(linear[1, 0], linear[0, 0])) == pytest.approx(turn_deg, abs=0.3)
        assert found.correlation > 0.98
        assert found.inlier_share > 0.95
        assert found.rotation_sd_deg < 1.0


def test_a_shift_is_recovered_whatever_the_light() -> None:
    picture = texture()
    template = patch_of(picture)
    moved = 0.7 * warped(picture, np.array([[1.0, 0, 2.5], [0, 1, -1.5]])) + 30
    found = fitted(template, moved.astype(np.float32))
    np.testing.assert_allclose(found.matrix, [[1, 0, 32.5], [0, 1, 38.5]], atol=0.1)
    assert found.inlier_share > 0.95


def test_a_scale_is_recovered_and_a_kept_shape_stays() -> None:
    picture = texture()
    template = patch_of(picture)
    larger = warped(picture, cv2.getRotationMatrix2D((59.5, 59.5), 0.0, 1.06))
    free, kept = fitted(template, larger), fitted(template, larger, free_shape=False)
    assert np.sqrt(np.linalg.det(free.matrix[:, :2])) == pytest.approx(1.06, abs=0.01)
    assert np.sqrt(np.linalg.det(kept.matrix[:, :2])) == pytest.approx(1.0, abs=0.001)


def test_a_shear_is_held_to_none() -> None:
    """A free shear follows a plain shoe's silhouette; the prior holds it to a fraction of what the picture shows."""
    picture = texture()
    template = patch_of(picture)
    sheared = warped(picture, np.array([[1.0, 0.06, -0.06 * 59.5], [0.06, 1.0, -0.06 * 59.5]]))
    found = fitted(template, sheared)
    linear = found.matrix[:, :2]
    assert abs(linear[0, 1] + linear[1, 0]) / 2 < 0.045


def test_what_is_covered_does_not_look_alike_and_does_not_pull() -> None:
    picture = texture()
    template = patch_of(picture)
    covered = picture.copy()
    covered[40:80, 75:90] = 20
    found = fitted(template, covered)
    np.testing.assert_allclose(found.matrix, [[1, 0, 30], [0, 1, 40]], atol=0.05)
    hidden = template.places[:, 0] >= 46
    assert not found.alike[hidden].any()
    assert found.alike[~hidden].mean() > 0.95
    assert found.inlier_share == pytest.approx(1 - hidden.mean(), abs=0.1)


def test_points_that_count_for_nothing_do_not_lower_the_share() -> None:
    picture = texture()
    template = patch_of(picture)
    covered = picture.copy()
    covered[40:80, 75:90] = 20
    seen = (template.places[:, 0] < 44).astype(np.float32)
    assert fitted(reweighted(template, seen), covered).inlier_share > 0.95


def test_out_of_the_picture_there_is_no_fit() -> None:
    picture = texture()
    template = patch_of(picture)
    starts = [similarity(template, (150.0, 59.0), 0.0), similarity(template, (60.0, 59.0), 0.0)]
    lost, kept = align(template, [picture, picture], starts)
    assert lost is None
    assert kept is not None


def test_a_flat_picture_has_no_correlation() -> None:
    template = patch_of(texture())
    found = align(template, [np.full((SIZE, SIZE, 3), 90, np.float32)], [similarity(template, (60.0, 59.0), 0.0)])[0]
    assert found is None or found.correlation < 0.2


def test_parameters_turn_clockwise_and_grow_about_the_centre() -> None:
    template = patch_of(texture())
    p = np.zeros((1, 6))
    assert np.array_equal(parameters_matrix(p, template)[0], np.eye(3))
    p[0, 2] = 0.1
    centre = np.array([*template.centre, 1.0])
    np.testing.assert_allclose(parameters_matrix(p, template)[0] @ centre, centre)
    right = parameters_matrix(p, template)[0] @ (centre + np.eye(3)[0]) - centre
    np.testing.assert_allclose(right[:2], (1.0, 0.1))


def test_a_similarity_starts_at_its_centre() -> None:
    template = patch_of(texture())
    m = similarity(template, (50.0, 20.0), 90.0, 2.0)
    np.testing.assert_allclose(m @ np.array([*template.centre, 1.0]), (50, 20))
    np.testing.assert_allclose(m[:, :2] @ (1, 0), (0, 2), atol=1e-12)
