import Foundation
import SafeLanguage
import Testing

/// What fuzzing found worth keeping is read again: `scripts/fuzz --keep TARGET` writes it, a line for each input.
@Suite struct FuzzTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fuzz")

  @Test(arguments: FuzzTarget.allCases) func whatFuzzingFoundIsStillTaken(_ target: FuzzTarget) async throws {
    let text = try String(contentsOf: Self.folder.appendingPathComponent("\(target.rawValue).txt"), encoding: .utf8)
    let inputs = FuzzCorpus.inputs(text)
    #expect(inputs.count > 10)
    for input in inputs {
      if target.runs { await target.run(input) } else { #expect(target.feed(input) == nil, "\(FuzzCorpus.escaped(input))") }
    }
  }

  @Test func anInputIsOneLineThatReadsBack() {
    let inputs: [[UInt8]] = [Array("a\\x\n".utf8), [0, 0xff, 0x5c], []]
    #expect(FuzzCorpus.inputs(inputs.map { FuzzCorpus.escaped($0) + "\n" }.joined()) == inputs.filter { !$0.isEmpty })
  }
}
