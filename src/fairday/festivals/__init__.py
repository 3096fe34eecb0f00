"""Hold the calendar of festivals: phases in time, and which merchants take part.

Owns: festivals (draft, live, ended), their phases (half-open windows in an IANA zone), enrolments of merchants.
Promises: phases of one festival never overlap (rule, and a chain of keys in the database); what is open is computed
from the clock at every read, never by a batch (R3); an enrolment is decided once per request; a phase that has begun
keeps its start.
Calls: nothing.
Announces: festivals.Published, festivals.PhaseChanged, festivals.Ended, festivals.EnrolmentDecided,
festivals.ClockJumped.
"""
