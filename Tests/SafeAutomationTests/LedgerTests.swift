import SafeLanguage
import Testing

@testable import SafeAutomation

struct LedgerTests {
  private func csv(_ ledger: Ledger) -> String {
    var bytes: [UInt8] = []
    ledger.writeCSV { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func theInputsColumnsComeFirst() {
    var ledger = Ledger()
    ledger.add(LedgerRow(fields: [("email", "kim@example.net"), ("teams", "a;b")], status: .ok, id: "6ba7b810", attempts: 2, place: "hires.csv:2"))
    ledger.add(LedgerRow(fields: [("email", "lou@example.net"), ("teams", "")], status: .notRun, place: "hires.csv:3"))
    #expect(
      csv(ledger) == """
        email,teams,status,reason,id,attempts
        kim@example.net,a;b,ok,,6ba7b810,2
        lou@example.net,,not run,,,0

        """)
    #expect(ledger.counts == [.ok: 1, .notRun: 1])
  }

  @Test func whatHasACommaAQuoteOrALineEndIsQuoted() {
    var ledger = Ledger()
    ledger.add(LedgerRow(fields: [("a,b", "x\ny"), ("c", "say \"no\"")], status: .failed, reason: "one, two\r\nthree", place: "1"))
    #expect(csv(ledger) == "\"a,b\",c,status,reason,id,attempts\n\"x\ny\",\"say \"\"no\"\"\",failed,\"one, two\r\nthree\",,0\n")
  }

  @Test func aColumnWithANameOfOursIsTheInputs() {
    var ledger = Ledger()
    ledger.add(LedgerRow(fields: [("status", "new"), ("input.status", "old"), ("ID", "7"), ("input.x", "y"), ("reason", "r")], status: .ok, place: "1"))
    #expect(csv(ledger) == "input.status,input.input.status,ID,input.x,input.reason,status,reason,id,attempts\nnew,old,7,y,r,ok,,,0\n")
  }

  @Test func severalEachHaveTheColumnsOfAll() {
    var ledger = Ledger()
    ledger.add(LedgerRow(fields: [("email", "a"), ("team", "t")], status: .ok, place: "1"))
    ledger.add(LedgerRow(fields: [("name", "g"), ("email", "b")], status: .unchanged, place: "2"))
    ledger.add(LedgerRow(fields: [("email", "c"), ("team", "u")], status: .skipped, place: "3"))
    #expect(csv(ledger) == "email,team,name,status,reason,id,attempts\na,t,,ok,,,0\nb,,g,unchanged,,,0\nc,u,,skipped,,,0\n")
    #expect(ledger.rows.map { $0.fields.map(\.name) } == [["email", "team"], ["name", "email"], ["email", "team"]])
  }

  @Test func anEmptyOneHasItsColumns() { #expect(csv(Ledger()) == "status,reason,id,attempts\n") }

  @Test func aLargeOneIsWrittenInParts() {
    var ledger = Ledger()
    for number in 0..<20_000 { ledger.add(LedgerRow(fields: [("email", "person\(number)@example.net")], status: .ok, place: "\(number)")) }
    var parts = 0
    var lines = 0
    ledger.writeCSV { part in
      parts += 1
      lines += part.count { $0 == 10 }
      #expect(part.count < 70_000)
    }
    #expect(parts > 5 && lines == 20_001)
  }
}
