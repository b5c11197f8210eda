-- Who is licensed for a health profession (Ministry of Health).
CREATE TABLE registers_licence (
    national_number TEXT NOT NULL,
    profession TEXT NOT NULL,
    number TEXT NOT NULL,
    -- valid, suspended
    status TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (national_number, profession)
);
