extension Schema {
  /// The second migration, with what the first version lacked: policies, the whole event, subscriptions, scoped keys, the web safe's
  /// passwords and sessions, and the outbox.
  static let second = """
    -- Only organizations that pay for seats have a row; the others have no limit.
    CREATE TABLE subscriptions (
      organization INTEGER PRIMARY KEY REFERENCES organizations ON DELETE CASCADE,
      seats INTEGER CHECK (seats > 0),
      max_seats INTEGER CHECK (max_seats >= 0),
      storage INTEGER CHECK (storage > 0),
      secrets_manager INTEGER NOT NULL DEFAULT 0 CHECK (secrets_manager IN (0, 1)),
      secrets_seats INTEGER CHECK (secrets_seats > 0),
      max_secrets_seats INTEGER CHECK (max_secrets_seats >= 0),
      service_accounts INTEGER CHECK (service_accounts > 0),
      max_service_accounts INTEGER CHECK (max_service_accounts >= 0)
    ) STRICT;

    CREATE TABLE policies (
      row INTEGER PRIMARY KEY,
      organization INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
      id BLOB NOT NULL CHECK (length(id) = 16),
      type INTEGER NOT NULL CHECK (type BETWEEN 0 AND 22),
      enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
      data TEXT CHECK (data IS NULL OR json_valid(data)),
      UNIQUE (organization, type),
      UNIQUE (organization, id)
    ) STRICT;

    ALTER TABLE events ADD COLUMN acting_user BLOB CHECK (length(acting_user) = 16);
    ALTER TABLE events ADD COLUMN item BLOB CHECK (length(item) = 16);
    ALTER TABLE events ADD COLUMN policy BLOB CHECK (length(policy) = 16);
    ALTER TABLE events ADD COLUMN installation BLOB CHECK (length(installation) = 16);
    ALTER TABLE events ADD COLUMN secret BLOB CHECK (length(secret) = 16);
    ALTER TABLE events ADD COLUMN project BLOB CHECK (length(project) = 16);
    ALTER TABLE events ADD COLUMN service_account BLOB CHECK (length(service_account) = 16);
    CREATE INDEX events_by_acting_user ON events (organization, acting_user, date) WHERE acting_user IS NOT NULL;
    CREATE INDEX events_by_item ON events (organization, item, date) WHERE item IS NOT NULL;
    CREATE INDEX events_by_secret ON events (organization, secret, date) WHERE secret IS NOT NULL;
    CREATE INDEX events_by_project ON events (organization, project, date) WHERE project IS NOT NULL;

    -- Kind 2 is a scoped key, of which there may be several. Scopes are bits in the order of the API's list.
    CREATE TABLE new_api_keys (
      row INTEGER PRIMARY KEY,
      organization INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
      kind INTEGER NOT NULL CHECK (kind IN (0, 1, 2)),
      id BLOB CHECK (length(id) = 16),
      name TEXT CHECK (length(name) BETWEEN 1 AND 200 AND name = trim(name)),
      scopes INTEGER NOT NULL DEFAULT 1 CHECK (scopes > 0),
      expires INTEGER,
      secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
      created INTEGER NOT NULL,
      UNIQUE (organization, id),
      CHECK ((kind = 2) = (id IS NOT NULL)),
      CHECK ((kind = 2) = (name IS NOT NULL))
    ) STRICT;
    INSERT INTO new_api_keys (row, organization, kind, secret_hash, created)
      SELECT row, organization, kind, secret_hash, created FROM api_keys;
    DROP TABLE api_keys;
    ALTER TABLE new_api_keys RENAME TO api_keys;
    CREATE UNIQUE INDEX api_keys_by_kind ON api_keys (organization, kind) WHERE kind < 2;

    ALTER TABLE tokens ADD COLUMN scopes INTEGER NOT NULL DEFAULT 1 CHECK (scopes > 0);

    -- Counts the ends of keys and organizations, whichever process brought them about: what is remembered of tokens holds for one count.
    CREATE TABLE key_changes (count INTEGER NOT NULL) STRICT;
    INSERT INTO key_changes VALUES (0);
    CREATE TRIGGER key_ended AFTER DELETE ON api_keys BEGIN UPDATE key_changes SET count = count + 1; END;
    CREATE TRIGGER key_changed AFTER UPDATE ON api_keys BEGIN UPDATE key_changes SET count = count + 1; END;

    -- Passwords of those who may sign in to the web safe: scrypt with N = 2^cost.
    CREATE TABLE passwords (
      organization INTEGER NOT NULL,
      member BLOB NOT NULL,
      salt BLOB NOT NULL CHECK (length(salt) = 16),
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      cost INTEGER NOT NULL CHECK (cost BETWEEN 15 AND 24),
      changed INTEGER NOT NULL,
      PRIMARY KEY (organization, member),
      FOREIGN KEY (organization, member) REFERENCES members (organization, id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE web_sessions (
      hash BLOB PRIMARY KEY NOT NULL CHECK (length(hash) = 32),
      organization INTEGER NOT NULL,
      member BLOB NOT NULL,
      created INTEGER NOT NULL,
      expires INTEGER NOT NULL,
      FOREIGN KEY (organization, member) REFERENCES members (organization, id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX web_sessions_by_member ON web_sessions (organization, member);
    CREATE INDEX web_sessions_by_expiry ON web_sessions (expires);

    -- The outbox. Kind 0 is an invitation, whose token accepts it until it is null; kind 1 tells of a suspension by a policy, 2 of
    -- seats that were added. It waits from `due` on until it was sent; without a date it waits for nobody.
    CREATE TABLE mails (
      row INTEGER PRIMARY KEY,
      organization INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
      member BLOB NOT NULL,
      kind INTEGER NOT NULL CHECK (kind IN (0, 1, 2)),
      detail TEXT,
      token BLOB CHECK (length(token) = 32),
      created INTEGER NOT NULL,
      due INTEGER,
      sent INTEGER,
      attempts INTEGER NOT NULL DEFAULT 0,
      failure TEXT,
      FOREIGN KEY (organization, member) REFERENCES members (organization, id) ON DELETE CASCADE
    ) STRICT;
    CREATE INDEX mails_by_member ON mails (organization, member);
    CREATE INDEX mails_due ON mails (due) WHERE due IS NOT NULL;
    """
}
