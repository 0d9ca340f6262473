import CFuzzer
import Dispatch
import Foundation
import SafeLanguage

/// `fuzz TARGET [FLAGS OF libFuzzer] [CORPUS]`, and what prepares and keeps the corpus: `fuzz seeds CASES FOLDER`, `fuzz words`,
/// `fuzz pack FOLDER FILE`, `fuzz unpack FILE FOLDER`.
@main
enum Fuzz {
  nonisolated(unsafe) static var target = FuzzTarget.lexer
  private static let inheritance = "FUZZ_TARGET"

  static func main() throws {
    let arguments = CommandLine.arguments
    switch (arguments.dropFirst().first ?? "", arguments.count) {
    case ("seeds", 4): try writeSeeds(from: arguments[2], to: arguments[3])
    case ("words", 2): print(FuzzCorpus.words.map { "\"\(FuzzCorpus.escaped(Array($0.utf8)).replacing("\"", with: "\\\""))\"" }.joined(separator: "\n"))
    case ("pack", 4): try pack(arguments[2], into: arguments[3])
    case ("unpack", 4): try unpack(arguments[2], into: arguments[3])
    case ("targets", 2): print(FuzzTarget.allCases.map(\.rawValue).joined(separator: "\n"))
    case (let first, _):
      // A merge starts this program anew, with the arguments of libFuzzer alone.
      let inherited = ProcessInfo.processInfo.environment[inheritance]
      let name = first.hasPrefix("-") ? inherited ?? first : first
      guard let found = FuzzTarget(rawValue: name) else {
        FileHandle.standardError.write(Data("fuzz: there is no target '\(name)', only \(FuzzTarget.allCases.map(\.rawValue))\n".utf8))
        exit(2)
      }
      target = found
      setenv(inheritance, name, 1)
      exit(drive([arguments[0]] + arguments.dropFirst(first == name ? 2 : 1)))
    }
  }

  /// Hands the rest of the arguments to libFuzzer, which calls back with inputs until it is done.
  private static func drive(_ arguments: [String]) -> CInt {
    var count = CInt(arguments.count)
    // libFuzzer keeps the arguments for as long as the process lives.
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: arguments.count + 1)
    for (index, argument) in arguments.enumerated() { pointers[index] = strdup(argument) }
    pointers[arguments.count] = nil
    var vector: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = pointers
    return LLVMFuzzerRunDriver(&count, &vector) { data, size in
      let bytes = Array(UnsafeBufferPointer(start: data, count: size))
      let target = Fuzz.target
      guard target.runs else {
        // A trap is what libFuzzer takes for a finding.
        if let complaint = target.feed(bytes) { fatalError(complaint) }
        return 0
      }
      let done = DispatchSemaphore(value: 0)
      Task.detached {
        await target.run(bytes)
        done.signal()
      }
      done.wait()
      return 0
    }
  }

  private static func files(in folder: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: URL(fileURLWithPath: folder), includingPropertiesForKeys: nil).sorted { $0.path < $1.path }
  }

  /// A seed for each case of the language's tests: the lines up to an empty one.
  private static func writeSeeds(from cases: String, to folder: String) throws {
    var number = 0
    for file in try files(in: cases) where file.pathExtension == "safe" {
      for item in String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n\n") {
        number += 1
        try Data(item.utf8).write(to: URL(fileURLWithPath: "\(folder)/seed-\(number)"))
      }
    }
  }

  private static func pack(_ folder: String, into file: String) throws {
    let inputs = try files(in: folder).map { Array(try Data(contentsOf: $0)) }.sorted { ($0.count, FuzzCorpus.escaped($0)) < ($1.count, FuzzCorpus.escaped($1)) }
    try Data((inputs.map { FuzzCorpus.escaped($0) + "\n" }.joined()).utf8).write(to: URL(fileURLWithPath: file))
  }

  private static func unpack(_ file: String, into folder: String) throws {
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
    for (index, input) in FuzzCorpus.inputs(text).enumerated() { try Data(input).write(to: URL(fileURLWithPath: "\(folder)/kept-\(index)")) }
  }
}
