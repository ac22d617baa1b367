"""Tables the package ships: limits, the example shelf."""
