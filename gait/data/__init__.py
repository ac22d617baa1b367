"""Files that the package ships: the limits, the example shelf, the step timing, fonts, networks."""
