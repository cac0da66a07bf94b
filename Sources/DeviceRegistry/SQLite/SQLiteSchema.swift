import GRDB

/// The tables, and how an older file becomes a newer one. A migration that was released is never edited.
enum SQLiteSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: devices, credentials, transitions") { database in
            try database.execute(sql: first)
        }
        migrator.registerMigration("2: hooks and what they are to hear") { database in
            try database.execute(sql: second)
        }
        migrator.registerMigration("3: observations") { database in
            try database.execute(sql: observations)
        }
        return migrator
    }

    // STRICT, so that a column holds what it says or the row is not there. A device is never deleted: its number stays its own.
    private static let first = """
        CREATE TABLE registry (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            revision INTEGER NOT NULL
        ) STRICT;
        INSERT INTO registry VALUES (1, 0);

        CREATE TABLE issuer (
            id INTEGER PRIMARY KEY,
            anchor TEXT NOT NULL,
            canonical BLOB NOT NULL,
            display TEXT NOT NULL,
            UNIQUE (anchor, canonical)
        ) STRICT;

        CREATE TABLE device (
            id INTEGER PRIMARY KEY,
            identity TEXT NOT NULL UNIQUE,
            revision INTEGER NOT NULL,
            state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 6),
            state_since INTEGER NOT NULL,
            state_cause TEXT NOT NULL,
            owner TEXT NOT NULL,
            model TEXT NOT NULL,
            udi_di TEXT NOT NULL,
            lot TEXT NOT NULL,
            serial_number TEXT NOT NULL,
            firmware TEXT NOT NULL,
            site TEXT NOT NULL,
            zone TEXT NOT NULL,
            notes TEXT NOT NULL,
            aliases TEXT NOT NULL,
            posture TEXT NOT NULL,
            windows TEXT NOT NULL,
            expected_key BLOB,
            condemned_keys BLOB NOT NULL,
            first_seen INTEGER,
            last_seen INTEGER,
            enrolled_at INTEGER NOT NULL,
            enrolled_by TEXT NOT NULL
        ) STRICT;
        CREATE INDEX device_by_revision ON device (revision);

        CREATE TABLE credential (
            device INTEGER NOT NULL REFERENCES device (id),
            issuer INTEGER NOT NULL REFERENCES issuer (id),
            serial BLOB NOT NULL,
            key BLOB NOT NULL,
            not_before INTEGER NOT NULL,
            not_after INTEGER NOT NULL,
            first_seen INTEGER NOT NULL,
            last_seen INTEGER NOT NULL,
            standing INTEGER NOT NULL,
            standing_moment INTEGER NOT NULL,
            standing_reason INTEGER NOT NULL,
            PRIMARY KEY (device, issuer, serial)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX credential_overlapping ON credential (standing_moment) WHERE standing = 2;

        CREATE TABLE device_key (
            key BLOB NOT NULL,
            device INTEGER NOT NULL REFERENCES device (id),
            PRIMARY KEY (key, device)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE transition (
            id INTEGER PRIMARY KEY,
            device INTEGER NOT NULL REFERENCES device (id),
            revision INTEGER NOT NULL,
            from_state INTEGER NOT NULL,
            to_state INTEGER NOT NULL,
            cause TEXT NOT NULL,
            actor TEXT NOT NULL,
            reason TEXT NOT NULL,
            time INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX transition_by_device ON transition (device);
        """

    // A row of `hook` says how far its steps are in the outbox; `due` is empty once nothing more is tried.
    private static let second = """
        CREATE TABLE hook (
            name TEXT PRIMARY KEY,
            last_transition INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE delivery (
            id INTEGER PRIMARY KEY,
            transition INTEGER NOT NULL REFERENCES transition (id),
            hook TEXT NOT NULL,
            outcome INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            answer TEXT NOT NULL,
            time INTEGER NOT NULL,
            due INTEGER,
            UNIQUE (transition, hook)
        ) STRICT;
        CREATE INDEX delivery_due ON delivery (due) WHERE due IS NOT NULL;
        """

    // Nobody is decided by these: they have no revision, and no device need be registered.
    private static let observations = """
        CREATE TABLE observation (
            listener TEXT NOT NULL,
            identity TEXT NOT NULL,
            key BLOB NOT NULL,
            reason TEXT NOT NULL,
            anchor TEXT NOT NULL,
            issuer BLOB NOT NULL,
            issuer_display TEXT NOT NULL,
            serial BLOB NOT NULL,
            not_before INTEGER NOT NULL,
            not_after INTEGER NOT NULL,
            first_seen INTEGER NOT NULL,
            last_seen INTEGER NOT NULL,
            count INTEGER NOT NULL,
            networks BLOB NOT NULL,
            PRIMARY KEY (listener, identity, key, reason)
        ) STRICT, WITHOUT ROWID;
        """
}
