import GRDB

/// The database's shape. Migrations are appended and never changed: files in the field have run the old ones.
enum Schema {
  /// Marks the file as ours in its header ("SSOG"), so that another program's database is refused instead of migrated.
  static let applicationID = 0x5353_4f47

  static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 organizations, members, groups, collections, events") { try $0.execute(sql: first) }
    migrator.registerMigration("2 policies, subscriptions, scoped keys, passwords, sessions, mails") { try $0.execute(sql: second) }
    migrator.registerMigration("3 checks without lists", foreignKeyChecks: .immediate) { try third($0) }
    return migrator
  }()

  // Identifiers are 16 bytes. What belongs to an organization has it in its key, and references name both, so that
  // no row can reach into another organization. Moments are microseconds since 1970.
  private static let first = """
    CREATE TABLE organizations (
      row INTEGER PRIMARY KEY,
      id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
      name TEXT NOT NULL,
      created INTEGER NOT NULL
    ) STRICT;

    -- One key is the organization's own (kind 0), one the sandbox's of this start (kind 1).
    CREATE TABLE api_keys (
      row INTEGER PRIMARY KEY,
      organization INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
      kind INTEGER NOT NULL CHECK (kind IN (0, 1)),
      secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
      created INTEGER NOT NULL,
      UNIQUE (organization, kind)
    ) STRICT;

    -- Tokens go with their key: replacing it ends them at once.
    CREATE TABLE tokens (
      hash BLOB PRIMARY KEY NOT NULL CHECK (length(hash) = 32),
      api_key INTEGER NOT NULL REFERENCES api_keys ON DELETE CASCADE,
      organization INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
      expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tokens_by_key ON tokens (api_key);
    CREATE INDEX tokens_by_organization ON tokens (organization);
    CREATE INDEX tokens_by_expiry ON tokens (expires);

    CREATE TABLE members (
      row INTEGER PRIMARY KEY,
      organization INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
      id BLOB NOT NULL CHECK (length(id) = 16),
      email TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 256 AND email = lower(email)),
      name TEXT,
      user_id BLOB CHECK (length(user_id) = 16),
      two_factor INTEGER NOT NULL DEFAULT 0 CHECK (two_factor IN (0, 1)),
      status INTEGER NOT NULL CHECK (status IN (-1, 0, 1, 2, 3)),
      status_before INTEGER CHECK (status_before IN (0, 1, 2, 3)),
      type INTEGER NOT NULL CHECK (type IN (0, 1, 2, 4)),
      permissions INTEGER CHECK (permissions >= 0),
      external_id TEXT CHECK (trim(external_id) != ''),
      reset_password INTEGER NOT NULL DEFAULT 0 CHECK (reset_password IN (0, 1)),
      sso_external_id TEXT,
      UNIQUE (organization, id),
      UNIQUE (organization, email),
      CHECK ((status = -1) = (status_before IS NOT NULL)),
      CHECK ((type = 4) = (permissions IS NOT NULL))
    ) STRICT;
    CREATE INDEX confirmed_owners ON members (organization) WHERE type = 0 AND status = 2;

    CREATE TABLE groups (
      row INTEGER PRIMARY KEY,
      organization INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
      id BLOB NOT NULL CHECK (length(id) = 16),
      name TEXT NOT NULL CHECK (trim(name) != ''),
      external_id TEXT CHECK (trim(external_id) != ''),
      UNIQUE (organization, id)
    ) STRICT;

    -- Kind 0 is shared, 1 a member's personal default collection, which has no rows in the tables of access.
    CREATE TABLE collections (
      row INTEGER PRIMARY KEY,
      organization INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
      id BLOB NOT NULL CHECK (length(id) = 16),
      kind INTEGER NOT NULL DEFAULT 0 CHECK (kind IN (0, 1)),
      external_id TEXT CHECK (trim(external_id) != ''),
      UNIQUE (organization, id)
    ) STRICT;

    CREATE TABLE group_members (
      organization INTEGER NOT NULL,
      "group" BLOB NOT NULL,
      member BLOB NOT NULL,
      PRIMARY KEY (organization, "group", member),
      FOREIGN KEY (organization, "group") REFERENCES groups (organization, id) ON DELETE CASCADE,
      FOREIGN KEY (organization, member) REFERENCES members (organization, id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX group_members_by_member ON group_members (organization, member);

    -- Access is one of the five valid combinations of the three flags, in the order of the API's enumeration.
    CREATE TABLE member_collections (
      organization INTEGER NOT NULL,
      member BLOB NOT NULL,
      collection BLOB NOT NULL,
      access INTEGER NOT NULL CHECK (access BETWEEN 0 AND 4),
      PRIMARY KEY (organization, member, collection),
      FOREIGN KEY (organization, member) REFERENCES members (organization, id) ON DELETE CASCADE,
      FOREIGN KEY (organization, collection) REFERENCES collections (organization, id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX member_collections_by_collection ON member_collections (organization, collection);

    CREATE TABLE group_collections (
      organization INTEGER NOT NULL,
      "group" BLOB NOT NULL,
      collection BLOB NOT NULL,
      access INTEGER NOT NULL CHECK (access BETWEEN 0 AND 4),
      PRIMARY KEY (organization, "group", collection),
      FOREIGN KEY (organization, "group") REFERENCES groups (organization, id) ON DELETE CASCADE,
      FOREIGN KEY (organization, collection) REFERENCES collections (organization, id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX group_collections_by_collection ON group_collections (organization, collection);

    -- Events outlive what they are about, hence no references.
    CREATE TABLE events (
      row INTEGER PRIMARY KEY,
      organization INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
      date INTEGER NOT NULL,
      type INTEGER NOT NULL,
      member BLOB CHECK (length(member) = 16),
      "group" BLOB CHECK (length("group") = 16),
      collection BLOB CHECK (length(collection) = 16),
      device INTEGER,
      ip_address TEXT
    ) STRICT;
    CREATE INDEX events_by_date ON events (organization, date);
    """
}
