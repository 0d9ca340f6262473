import GRDB
import SecretSafeAPI

/// A row of `members`.
struct MemberRecord {
  var id: GUID
  var email: String
  var name: String?
  var userId: GUID?
  var twoFactor = false
  var status: Int
  var statusBefore: Int?
  var type: Int
  var permissions: Int?
  var externalId: String?
  var resetPassword = false
  var ssoExternalId: String?

  static let columns = """
    m.id, m.email, m.name, m.user_id, m.two_factor, m.status, m.status_before, m.type, m.permissions, m.external_id, \
    m.reset_password, m.sso_external_id
    """
  static let columnCount = 12
}

extension MemberRecord {
  init(_ row: StoredRow) {
    id = row.id(0)
    email = row[1]
    name = row[2]
    userId = row.idOrNil(3)
    twoFactor = row[4]
    status = row[5]
    statusBefore = row[6]
    type = row[7]
    permissions = row[8]
    externalId = row[9]
    resetPassword = row[10]
    ssoExternalId = row[11]
  }

  func insert(_ db: Database, _ organization: Int64) throws {
    try db.run(
      """
      INSERT INTO members (organization, id, email, name, user_id, two_factor, status, status_before, type, permissions,
        external_id, reset_password, sso_external_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        organization, id.key, email, name, userId?.key, twoFactor, status, statusBefore, type, permissions, externalId, resetPassword,
        ssoExternalId,
      ])
  }
}
