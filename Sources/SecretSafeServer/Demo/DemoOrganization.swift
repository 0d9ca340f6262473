import SecretSafeAPI
import SecretSafeStore

enum DemoOrganization {
  static func create(in store: Store) async throws -> OrganizationID {
    try await store.createOrganization(name: "Acme")
  }
}
