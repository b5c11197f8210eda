-- How far the log has been read for looks that need an explanation, and until which day they have been counted. One row, which whoever
-- reads on takes first.
CREATE TABLE audit_watch (
    id BIGINT PRIMARY KEY,
    turns BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    counted_until TEXT NOT NULL
);
INSERT INTO audit_watch (id, turns, sequence, counted_until) VALUES (1, 0, -1, '');

-- Looks of one officer, at one person on one day or, by their number alone (`subject_id` is empty), at all, that the body's privacy officer
-- is to judge. `visibility` is what keeps them from the person's page; what is told of the alarm is kept from it alike.
CREATE TABLE audit_alarm (
    body_id TEXT NOT NULL,
    id TEXT NOT NULL,
    officer_id TEXT NOT NULL,
    officer_name TEXT NOT NULL,
    role TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    day TEXT NOT NULL,
    kinds TEXT NOT NULL,
    looks BIGINT NOT NULL,
    usual BIGINT,
    visibility TEXT NOT NULL,
    raised_at BIGINT NOT NULL,
    due_on TEXT NOT NULL,
    verdict TEXT,
    judged_at BIGINT,
    PRIMARY KEY (body_id, id)
);
CREATE INDEX audit_alarm_officer ON audit_alarm (body_id, officer_id, day);

-- The looks of an alarm, found from the person's page.
CREATE TABLE audit_alarm_look (
    subject_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    alarm_id TEXT NOT NULL,
    PRIMARY KEY (subject_id, entry_id)
);
CREATE INDEX audit_alarm_look_alarm ON audit_alarm_look (body_id, alarm_id);

-- Everything that was said of an alarm, for ever.
CREATE TABLE audit_review (
    body_id TEXT NOT NULL,
    alarm_id TEXT NOT NULL,
    id TEXT NOT NULL,
    officer_id TEXT NOT NULL,
    officer_name TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (body_id, alarm_id, id)
);

-- At whom an officer looked on a day that is not counted yet.
CREATE TABLE audit_tally (
    body_id TEXT NOT NULL,
    day TEXT NOT NULL,
    role TEXT NOT NULL,
    officer_id TEXT NOT NULL,
    officer_name TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    PRIMARY KEY (body_id, day, role, officer_id, subject_id)
);
