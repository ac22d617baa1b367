"""A result in the forms of other programs: tables, markers, angles, pictures. Each format has a file; all read the result folder."""
