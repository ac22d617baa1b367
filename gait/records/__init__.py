"""The store's records: customers, visits, consent, runs, purchases, staff and what was done, in one database beside the results.

    records = Records.open(data_folder())
    with records.writing() as at:
        anna = customers.make(at, "Anna Öztürk")
    with records.reading() as at:
        found = customers.find(at, "oztu")

`Records` opens the database and hands out transactions; the functions of the other modules take one as their first argument, so
that several of them, and the line in the audit log, happen together or not at all. They give frozen values
(`gait.records.values`), never a row of the database. A result stays in its folder: a run knows the folder's name.
"""
