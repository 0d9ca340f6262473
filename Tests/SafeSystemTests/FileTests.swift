import Foundation
import SafeSystem
import Testing

/// Files and folders as the system has them.
struct FileTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("files-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func mode(_ path: String) throws -> Int? { try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int }

  @Test(arguments: [
    (["XDG_STATE_HOME": "/s", "HOME": "/h"], "/s/safesh"), (["HOME": "/h"], "/h/.local/state/safesh"), (["HOME": "/"], "/.local/state/safesh"),
    (["XDG_STATE_HOME": "s", "HOME": "/h"], "/h/.local/state/safesh"), (["XDG_STATE_HOME": "", "HOME": "/h"], "/h/.local/state/safesh"), (["HOME": "h"], nil), ([:], nil),
  ])
  func aFolderIsThatOfTheVariableOrBelowHome(environment: [String: String], folder: String?) {
    #expect(BaseDirectory.state.folder(in: environment) == folder)
  }

  @Test func aFolderIsMadeWithThoseAboveItAndClosedToOthers() throws {
    try withFolder { folder in
      let inner = folder + "/a/b"
      try PrivateFolder.make(inner)
      #expect(try mode(inner) == 0o700)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: inner)
      try PrivateFolder.make(inner)
      #expect(try mode(inner) == 0o700)
      try Data().write(to: URL(fileURLWithPath: folder + "/file"))
      #expect(throws: SystemFailure(ENOTDIR)) { try PrivateFolder.make(folder + "/file") }
    }
  }

  @Test func whatIsNotFinishedLeavesTheOldFileAndNothingBesideIt() throws {
    try withFolder { folder in
      let path = folder + "/out"
      try Data("old".utf8).write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
      do {
        let file = try FileReplacement(of: path)
        try file.write(Array("new".utf8))
      }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["out"])
      try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: path)
      let file = try FileReplacement(of: folder + "/link")
      try file.write(Array("new".utf8))
      try file.finish()
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
      #expect(try mode(path) == 0o640)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == path)
      let closed = try FileReplacement(of: path, mode: .exactly(0o600))
      try closed.finish()
      #expect(try mode(path) == 0o600)
    }
  }
}
