"""Pictures of a result: charts, stills, the overlay video."""
