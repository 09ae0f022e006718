"""What a sweep says: functions on plain arrays, with frozen results; intervals are simulation error unless said."""
