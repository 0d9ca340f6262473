import GRDB
public import SecretSafeAPI

extension Snapshot {
  /// Seats and storage, or nil for an organization that does not pay for them.
  public func subscription() throws -> Subscription? {
    try db.row(
      """
      SELECT seats, max_seats, storage, secrets_manager, secrets_seats, max_secrets_seats, service_accounts, max_service_accounts
      FROM subscriptions WHERE organization = ?
      """, [organization]
    ) { row in
      Subscription(
        passwordManager: .init(seats: row[0], maxAutoScaleSeats: row[1], storage: row[2]),
        secretsManager: row[3]
          ? .init(seats: row[4], maxAutoScaleSeats: row[5], serviceAccounts: row[6], maxAutoScaleServiceAccounts: row[7]) : nil)
    }
  }

  /// Members that take a seat.
  func seatsTaken() throws -> Int {
    try db.number("SELECT count(*) FROM members WHERE organization = ? AND status BETWEEN 0 AND 2", [organization])
  }
}

extension Change {
  /// Sets what the organization pays for; nil makes it pay for nothing, which has no limit.
  public func setSubscription(_ subscription: Subscription?) throws {
    try db.run("DELETE FROM subscriptions WHERE organization = ?", [organization])
    guard let subscription else { return }
    let passwords = subscription.passwordManager ?? .init()
    let secrets = subscription.secretsManager
    try db.run(
      "INSERT INTO subscriptions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        organization, passwords.seats, passwords.maxAutoScaleSeats, passwords.storage, secrets != nil, secrets?.seats,
        secrets?.maxAutoScaleSeats, secrets?.serviceAccounts, secrets?.maxAutoScaleServiceAccounts,
      ])
  }

  /// Changes a subscription to absolute targets (`api.md` 3.8), and tells what was done. Nil, and what is not positive, is left as it is.
  public func updateSubscription(_ body: Subscription) throws -> MessageAnswer {
    guard var subscription = try snapshot.subscription() else { throw Self.selfHosted }
    var passwords = subscription.passwordManager ?? .init()
    if let given = body.passwordManager {
      passwords.seats.take(given.seats, from: 1)
      passwords.maxAutoScaleSeats.take(given.maxAutoScaleSeats, from: 0)
      passwords.storage.take(given.storage, from: 1)
      let taken = try snapshot.seatsTaken()
      if let seats = passwords.seats, seats < taken {
        throw Refusal.rule("Your organization has \(taken) members. Your new plan only has (\(seats)) seats. Remove some members first.")
      }
      try demand(passwords.seats, atMost: passwords.maxAutoScaleSeats)
    }
    subscription.passwordManager = passwords
    if let given = body.secretsManager {
      guard var secrets = subscription.secretsManager else {
        try setSubscription(subscription)
        return MessageAnswer(message: "Organization has no access to Secrets Manager.")
      }
      secrets.seats.take(given.seats, from: 1)
      secrets.maxAutoScaleSeats.take(given.maxAutoScaleSeats, from: 0)
      secrets.serviceAccounts.take(given.serviceAccounts, from: 1)
      secrets.maxAutoScaleServiceAccounts.take(given.maxAutoScaleServiceAccounts, from: 0)
      try demand(secrets.seats, atMost: secrets.maxAutoScaleSeats)
      try demand(secrets.serviceAccounts, atMost: secrets.maxAutoScaleServiceAccounts)
      subscription.secretsManager = secrets
    }
    try setSubscription(subscription)
    return MessageAnswer(message: "Subscription updated successfully.")
  }

  public static let selfHosted = Refusal.rule("Only allowed when not self hosted.")
  static let noSeat = Refusal.rule("Seat limit has been reached.")

  private func demand(_ count: Int?, atMost ceiling: Int?) throws {
    if let count, let ceiling, count > ceiling {
      throw Refusal.rule("Cannot set max seat autoscaling below seat count.")
    }
  }

  /// Makes sure of seats for that many more members, and adds some where the ceiling allows it (`api.md` 3.2.3).
  func takeSeats(_ count: Int) throws {
    guard count > 0, let passwords = try snapshot.subscription()?.passwordManager, let seats = passwords.seats else { return }
    let needed = try snapshot.seatsTaken() + count
    guard needed > seats else { return }
    if let ceiling = passwords.maxAutoScaleSeats, needed > ceiling { throw Self.noSeat }
    try db.run("UPDATE subscriptions SET seats = ? WHERE organization = ?", [needed, organization])
    let owners = try db.rows("SELECT id FROM members WHERE organization = ? AND type = 0 AND status = 2", [organization])
    var told: [GUID] = []
    while let row = try owners.next() { told.append(row.id(0)) }
    for owner in told where try !hasWaiting(.seats, to: owner) { try write(.seats, to: owner, detail: String(needed)) }
  }
}

extension Int? {
  fileprivate mutating func take(_ given: Int?, from least: Int) {
    if let given, given >= least { self = given }
  }
}
