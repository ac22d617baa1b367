"""Pairs of one shoe by size and width, counted by the manager."""

import pandas as pd
import streamlit as st

from gait.services.shelf_desk import ShelfDesk
from gait.ui.parts import counter
from gait.ui.parts.shelf_table import renew
from gait.words import number, phrase


def stock(desk: ShelfDesk) -> None:
    """A shoe is chosen; its sizes stand below each other, its widths side by side."""
    if desk.is_example:
        return
    with st.expander(phrase("page-shelf_stock"), key="shelf-stock"):
        names = {row["sku"]: f"{row['brand']} {row['model']} · {row['sku']}" for row in desk.table()}
        sku = st.selectbox(
            phrase("page-which_shoe"), list(names), None, key="stock-shoe", format_func=lambda one: names.get(one, one)
        )
        if not sku:
            return
        pairs = desk.pairs(sku)
        sizes, widths = sorted({size for size, _ in pairs}), list(dict.fromkeys(width for _, width in pairs))
        grid = pd.DataFrame(
            [[pairs.get((size, width), 0) for width in widths] for size in sizes],
            index=pd.Index([number(size, 1 if size % 1 else 0) for size in sizes], name=phrase("page-shelf_size")),
            columns=[width or phrase("page-shelf_any_width") for width in widths],
        )
        config = {
            name: st.column_config.NumberColumn(name, min_value=0, max_value=999, step=1) for name in grid.columns
        }
        edited = st.data_editor(grid, column_config=config, key=f"stock-{sku}")
        if st.button(phrase("page-shelf_stock_keep"), key="stock-keep", type="primary"):
            counts = edited.fillna(0).to_numpy(int)
            counted = {
                (size, width): int(counts[i, k]) for i, size in enumerate(sizes) for k, width in enumerate(widths)
            }
            if counter.did(desk.count, sku, counted):
                renew(len(names))
            st.rerun()
