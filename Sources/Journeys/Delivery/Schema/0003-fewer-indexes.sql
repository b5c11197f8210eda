-- The primary key finds a person's requests as well: legs among them are few.
DROP INDEX delivery_case_own;
