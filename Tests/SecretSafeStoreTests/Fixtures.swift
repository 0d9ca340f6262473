import Foundation
import SecretSafeAPI

@testable import SecretSafeStore

/// A file in a directory of its own, which goes when the body ends.
func withFile<T>(_ body: (String) async throws -> T) async throws -> T {
  let directory = FileManager.default.temporaryDirectory.appendingPathComponent("safesh-" + UUID().uuidString)
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: directory) }
  return try await body(directory.appendingPathComponent("org.db").path)
}

func guid(_ number: UInt64) -> GUID { GUID(high: 0, low: number) }

func invitation(_ number: Int) -> InviteBody { InviteBody(email: "person\(number)@example.net", type: .user) }
