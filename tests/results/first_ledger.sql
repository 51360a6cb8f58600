CREATE TABLE bundles (
    digest VARCHAR(64) NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('admitted', 'repeat', 'quarantined')),
    reason VARCHAR DEFAULT '' NOT NULL,
    sentence VARCHAR DEFAULT '' NOT NULL,
    source VARCHAR DEFAULT '' NOT NULL,
    sitting VARCHAR DEFAULT '' NOT NULL,
    mode VARCHAR DEFAULT '' NOT NULL,
    proctor VARCHAR DEFAULT '' NOT NULL,
    head VARCHAR DEFAULT '' NOT NULL,
    entries BIGINT DEFAULT '0' NOT NULL,
    made_at BIGINT DEFAULT '0' NOT NULL,
    imported_at BIGINT DEFAULT '0' NOT NULL,
    holds BIGINT DEFAULT '0' NOT NULL,
    file BLOB,
    closing BLOB,
    journal BLOB,
    PRIMARY KEY (digest)
)
;
CREATE TABLE records (
    digest VARCHAR(64) NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('admitted', 'repeat', 'quarantined')),
    reason VARCHAR DEFAULT '' NOT NULL,
    sentence VARCHAR DEFAULT '' NOT NULL,
    source VARCHAR DEFAULT '' NOT NULL,
    session VARCHAR DEFAULT '' NOT NULL,
    sitting VARCHAR DEFAULT '' NOT NULL,
    mode VARCHAR DEFAULT '' NOT NULL,
    kiosk VARCHAR DEFAULT '' NOT NULL,
    candidate VARCHAR DEFAULT '' NOT NULL,
    outcome VARCHAR DEFAULT '' NOT NULL,
    form_digest VARCHAR DEFAULT '' NOT NULL,
    head VARCHAR DEFAULT '' NOT NULL,
    bundle VARCHAR DEFAULT '' NOT NULL,
    moved_from VARCHAR DEFAULT '' NOT NULL,
    attempt BIGINT DEFAULT '0' NOT NULL,
    entries BIGINT DEFAULT '0' NOT NULL,
    sealed_at BIGINT DEFAULT '0' NOT NULL,
    imported_at BIGINT DEFAULT '0' NOT NULL,
    file BLOB NOT NULL,
    facts BLOB,
    heads BLOB,
    behind BLOB,
    PRIMARY KEY (digest),
    CHECK (state = 'quarantined' OR (facts IS NOT NULL AND session <> '' AND candidate <> ''))
)
;
CREATE INDEX records_by_seat ON records (sitting, candidate);
CREATE INDEX records_by_session ON records (kiosk, session);
CREATE UNIQUE INDEX one_record_a_session ON records (kiosk, session) WHERE state = 'admitted';
CREATE UNIQUE INDEX one_record_an_attempt ON records (sitting, candidate, attempt) WHERE state = 'admitted';
CREATE TABLE runs (
    run VARCHAR NOT NULL,
    made_at BIGINT NOT NULL,
    exam VARCHAR DEFAULT '' NOT NULL,
    form VARCHAR DEFAULT '' NOT NULL,
    form_digest VARCHAR DEFAULT '' NOT NULL,
    key_digest VARCHAR DEFAULT '' NOT NULL,
    table_digest VARCHAR DEFAULT '' NOT NULL,
    software VARCHAR DEFAULT '' NOT NULL,
    key_version BIGINT DEFAULT '0' NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (run)
)
;
CREATE TABLE closing_lines (
    bundle VARCHAR(64) NOT NULL,
    candidate VARCHAR NOT NULL,
    attempt INTEGER NOT NULL,
    sitting VARCHAR DEFAULT '' NOT NULL,
    state VARCHAR DEFAULT '' NOT NULL,
    kiosk VARCHAR DEFAULT '' NOT NULL,
    session VARCHAR DEFAULT '' NOT NULL,
    record VARCHAR DEFAULT '' NOT NULL,
    head VARCHAR DEFAULT '' NOT NULL,
    entries BIGINT DEFAULT '0' NOT NULL,
    PRIMARY KEY (bundle, candidate),
    FOREIGN KEY(bundle) REFERENCES bundles (digest)
)
;
CREATE TABLE scores (
    run VARCHAR NOT NULL,
    record VARCHAR(64) NOT NULL,
    session VARCHAR DEFAULT '' NOT NULL,
    sitting VARCHAR DEFAULT '' NOT NULL,
    candidate VARCHAR DEFAULT '' NOT NULL,
    attempt BIGINT DEFAULT '0' NOT NULL,
    raw BIGINT DEFAULT '0' NOT NULL,
    total BIGINT DEFAULT '0' NOT NULL,
    scaled BIGINT DEFAULT '0' NOT NULL,
    passed BOOLEAN NOT NULL,
    PRIMARY KEY (run, record),
    UNIQUE (run, sitting, candidate, attempt),
    FOREIGN KEY(run) REFERENCES runs (run),
    FOREIGN KEY(record) REFERENCES records (digest)
)
;
CREATE TRIGGER runs_no_UPDATE BEFORE UPDATE ON runs BEGIN SELECT RAISE(ABORT, 'score runs are never changed'); END;
CREATE TRIGGER runs_no_DELETE BEFORE DELETE ON runs BEGIN SELECT RAISE(ABORT, 'score runs are never changed'); END;
CREATE TRIGGER scores_no_UPDATE BEFORE UPDATE ON scores BEGIN SELECT RAISE(ABORT, 'score runs are never changed'); END;
CREATE TRIGGER scores_no_DELETE BEFORE DELETE ON scores BEGIN SELECT RAISE(ABORT, 'score runs are never changed'); END;
