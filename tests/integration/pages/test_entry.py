"""The entry: navigation, footer, and what the server is set to."""

from streamlit.testing.v1 import AppTest

from gait.ui.app import SCRIPT
from gait.ui.parts import words
from tests.builders import ROOT
from tests.integration.pages.show import PAGE_TIMEOUT_S, text


def test_the_entry_shows_the_form_with_its_footer():
    app = AppTest.from_file(str(SCRIPT), default_timeout=PAGE_TIMEOUT_S).run()
    assert not app.exception
    assert words.footer() in text(app)
    assert app.button(key="go").disabled


def test_settings_keep_clips_in_the_store_and_take_large_ones():
    import tomllib

    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] == 2048
    assert config["server"]["address"] == "localhost"
    assert config["browser"]["gatherUsageStats"] is False
    assert config["runner"]["postScriptGC"] is False
    assert "runner.postScriptGC" in config_options(), "Streamlit knows it by another name now"


def config_options():
    from streamlit.config import get_config_options

    return get_config_options()


def test_streamlit_finds_no_pages_of_its_own_beside_the_script():
    """A folder `pages/` there would be its menu, and a link to a result would show that page's file by itself."""
    assert [p.name for p in SCRIPT.parent.iterdir() if p.suffix != ".pyc" and not p.name.startswith((".", "__"))] == [
        "app.py"
    ]
