"""Hold what every domain needs and no business word: money, ids, time, refusals, SQL, events, lanes, HTTP."""
