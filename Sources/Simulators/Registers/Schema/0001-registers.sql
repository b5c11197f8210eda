-- Other people's registers, in one file for the demo. Nothing here is encrypted: it is made up.

CREATE TABLE registers_person (
    national_number TEXT PRIMARY KEY,
    given_name TEXT NOT NULL, given_name_latin TEXT NOT NULL,
    family_name TEXT NOT NULL, family_name_latin TEXT NOT NULL,
    sex TEXT NOT NULL, birth_date TEXT NOT NULL, marital_status TEXT NOT NULL,
    father_number TEXT, mother_number TEXT, spouse_number TEXT,
    locality_code BIGINT NOT NULL, street TEXT, street_latin TEXT, house TEXT, apartment TEXT, address_since TEXT NOT NULL,
    immigration_date TEXT, card_issue_date TEXT
);
CREATE INDEX registers_person_father ON registers_person (father_number) WHERE father_number IS NOT NULL;
CREATE INDEX registers_person_mother ON registers_person (mother_number) WHERE mother_number IS NOT NULL;

CREATE TABLE registers_insured (
    national_number TEXT PRIMARY KEY,
    birth_date TEXT NOT NULL,
    locality_code BIGINT NOT NULL, street TEXT, street_latin TEXT, house TEXT, apartment TEXT, updated TEXT NOT NULL
);

CREATE TABLE registers_locality (
    code BIGINT PRIMARY KEY,
    name TEXT NOT NULL, name_latin TEXT NOT NULL
);

CREATE TABLE registers_student (
    national_number TEXT PRIMARY KEY,
    institution TEXT NOT NULL, institution_name TEXT NOT NULL, institution_name_en TEXT NOT NULL,
    programme TEXT NOT NULL, programme_en TEXT NOT NULL, degree TEXT NOT NULL,
    study_year BIGINT NOT NULL, full_time BIGINT NOT NULL, active BIGINT NOT NULL,
    academic_year TEXT NOT NULL, academic_year_he TEXT NOT NULL, since TEXT NOT NULL
);

CREATE TABLE registers_business (
    number TEXT PRIMARY KEY,
    name TEXT NOT NULL, legal_form TEXT NOT NULL,
    activity TEXT NOT NULL, activity_he TEXT NOT NULL, activity_en TEXT NOT NULL,
    locality_code BIGINT NOT NULL, street TEXT, street_latin TEXT, house TEXT, apartment TEXT, address_since TEXT NOT NULL,
    status TEXT NOT NULL, since TEXT NOT NULL
);

CREATE TABLE registers_signatory (
    business_number TEXT NOT NULL, national_number TEXT NOT NULL, role TEXT NOT NULL,
    PRIMARY KEY (business_number, national_number)
);
CREATE INDEX registers_signatory_person ON registers_signatory (national_number);

-- Written last: the registers are whole when it is there.
CREATE TABLE registers_edition (
    edition TEXT PRIMARY KEY,
    made_at BIGINT NOT NULL
);
