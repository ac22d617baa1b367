"""Uploads on their way to the disk."""

import io

from gait.services import uploads
from gait.services.uploads import Uploads


def test_an_upload_reaches_the_disk_whole_under_our_own_name(tmp_path):
    folder = Uploads(tmp_path).new_folder()
    data = bytes(range(256)) * 9000
    sent = io.BytesIO(data)
    sent.name, sent.file_id = "../../evil name.MOV", "1"
    saved = uploads.save(sent, folder, "run")
    assert saved == folder / "run.mov"
    assert saved.read_bytes() == data
    assert saved.is_relative_to(tmp_path)
