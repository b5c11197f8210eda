-- People who live in the country with a permit. Passport numbers stand with their country: `PH-P6000001A`.
CREATE TABLE registers_foreigner (
    permit TEXT PRIMARY KEY,
    passport TEXT NOT NULL UNIQUE,
    given_name TEXT NOT NULL, given_name_latin TEXT NOT NULL,
    family_name TEXT NOT NULL, family_name_latin TEXT NOT NULL,
    sex TEXT NOT NULL, birth_date TEXT NOT NULL,
    permit_issue_date TEXT NOT NULL, passport_issue_date TEXT NOT NULL, entry_date TEXT NOT NULL
);

-- Those of them whom National Insurance has on its own list.
CREATE TABLE registers_foreign_insured (
    permit TEXT PRIMARY KEY,
    passport TEXT NOT NULL UNIQUE,
    locality_code BIGINT NOT NULL
);
