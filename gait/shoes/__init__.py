"""The store's shelf, and the three shoes of it to try first.

read_shelf, in_stock      the shelf as a table, and what of it can be offered
read_rules                which kind of shoe is looked for, by the labels of both feet
kind_of_feet              which rules two labels fall under
recommend, recommend_for  three shoes for two labels
"""

from gait.shoes.choice import FAR_OVER_SD, kind_of_feet, recommend, recommend_for
from gait.shoes.rules import read_rules
from gait.shoes.shelf import CATEGORIES, COLUMNS, in_stock, read_shelf

__all__ = [
    "CATEGORIES",
    "COLUMNS",
    "FAR_OVER_SD",
    "in_stock",
    "kind_of_feet",
    "read_rules",
    "read_shelf",
    "recommend",
    "recommend_for",
]
