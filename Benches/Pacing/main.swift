import Foundation
import SecretSafeClient

let arguments = CommandLine.arguments.dropFirst()
let usage = "usage: Pacing virtual | limits COUNT LABEL PRESET [FOLDER] | speed COUNT ROUNDS; the latter two with SAFESH_URL, SAFESH_CLIENT_ID and SAFESH_CLIENT_SECRET\n"
let credentials = try Credentials.fromEnvironment(ProcessInfo.processInfo.environment)
switch (arguments.first, credentials) {
case ("virtual", _): VirtualTime.show()
case ("limits", let credentials?) where arguments.count >= 4:
  let words = Array(arguments)
  let preset = try PacingPreset(named: words[3])
  try await RealTime(credentials: credentials).atLimits(Int(words[1]) ?? 0, words[2], preset, shared: words.count > 4 ? words[4] : nil)
case ("speed", let credentials?) where arguments.count == 3:
  let words = Array(arguments)
  try await RealTime(credentials: credentials).speed(Int(words[1]) ?? 0, rounds: Int(words[2]) ?? 1)
default:
  FileHandle.standardError.write(Data(usage.utf8))
  exit(2)
}
