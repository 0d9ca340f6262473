import Foundation
import FoundationXML
import SafeLanguage
import SecretSafeAPI
import Testing

@testable import SafeAutomation

struct RunReportTests {
  private static let report: RunReport = {
    var ledger = Ledger()
    ledger.add(LedgerRow(fields: [("email", "kim@example.net")], status: .ok, id: "1", attempts: 1, place: "hires.csv:2", seconds: 0.25))
    ledger.add(LedgerRow(fields: [("email", "a<b>&\"c\"\u{1b}")], status: .failed, reason: "no | <b> & \"so\"\u{7}\nline", attempts: 3, place: "hires.csv:3", seconds: 1))
    ledger.add(LedgerRow(fields: [("email", "lou@example.net")], status: .unknown, reason: "the answer was lost", attempts: 1, place: "hires.csv:4"))
    ledger.add(LedgerRow(fields: [("email", "may@example.net")], status: .notRun, place: "hires.csv:5"))
    ledger.add(LedgerRow(fields: [("email", "nan@example.net")], status: .skipped, reason: "skipped", place: "hires.csv:6"))
    var record = RunStoreTests.record()
    record.finish(at: record.created.adding(seconds: 90), exitStatus: 3, ledger: ledger, calls: [RunRecord.Calls(verb: "invite", count: 1)])
    return RunReport(run: record, ledger: ledger)
  }()

  private func text(_ format: RunReport.Format, _ report: RunReport = report) throws -> String {
    var bytes: [UInt8] = []
    try report.write(format) { bytes += $0 }
    return try #require(String(validating: bytes, as: UTF8.self))
  }

  @Test func theEndingTellsTheForm() {
    #expect(RunReport.Format(path: "out.csv") == .csv)
    #expect(RunReport.Format(path: "/a.b/out.XML") == .xml)
    #expect(RunReport.Format(path: "out.md") == .md)
    #expect(RunReport.Format(path: "out.json") == .json)
    for path in ["out", "out.txt", "out.", "csv"] { #expect(RunReport.Format(path: path) == nil) }
    #expect(RunReport.Format.refusal(of: "out.txt") == "the ending of 'out.txt' tells no form of a report; end it with .csv, .json, .md, .xml")
  }

  @Test func programsGetEveryRow() throws {
    let json = try JSONReader.read(Array(try text(.json).utf8))
    #expect(json["run"]?["exitStatus"] == .number("3"))
    #expect(json["run"]?["id"] == .string(Self.report.run.id.description))
    #expect(json["counts"]?["not run"] == .number("1"))
    guard case .array(let rows)? = json["rows"] else { throw FieldProblem("$.rows", "a list is expected") }
    #expect(rows.count == 5)
    #expect(rows[1]["input"]?["email"] == .string("a<b>&\"c\"\u{1b}"))
    #expect(rows[1]["attempts"] == .number("3"))
    #expect(rows[0]["seconds"] == .number("0.250000"))
    #expect(rows[3]["reason"] == .null && rows[3]["seconds"] == .null)
  }

  @Test func thePageShowsWhatFailedOnOneLineEach() throws {
    let page = try text(.md)
    #expect(page.hasPrefix("# on/board \"1\".safe on acme (vault.example.net)\n"))
    #expect(page.contains("| Took | 90.0 s |\n"))
    #expect(page.contains("| failed | 1 |\n| unknown | 1 |\n"))
    #expect(page.contains("| hires.csv:3 | failed | no \\| \\<b\\> &amp; \"so\"  line |\n"))
    #expect(page.contains("| hires.csv:4 | unknown | the answer was lost |\n"))
    #expect(!page.contains("hires.csv:5"))
  }

  @Test func aPageOfManyFailuresSaysHowManyItLeavesOut() throws {
    var ledger = Ledger()
    for number in 0..<1_203 { ledger.add(LedgerRow(fields: [], status: .failed, reason: "no", place: "\(number)")) }
    var report = Self.report
    report.ledger = ledger
    #expect(try text(.md, report).contains("\n203 more are in the ledger.\n"))
  }

  /// What Jenkins, GitLab and their like read: https://github.com/testmoapp/junitxml.
  @Test func integrationServersReadASuiteWithACaseForEachRow() throws {
    let (suites, suite, cases) = try junit(Self.report)
    for element in [suites, suite] {
      #expect(element.attributes["tests"] == "5")
      #expect(element.attributes["failures"] == "1")
      #expect(element.attributes["errors"] == "1")
      #expect(element.attributes["skipped"] == "2")
      #expect(element.attributes["time"] == "90.000")
    }
    #expect(suite.attributes["name"] == "on/board \"1\".safe")
    #expect(suite.attributes["timestamp"] == "2026-11-28T12:55:00")
    #expect(cases.map { $0.attributes["name"] } == (2...6).map { "hires.csv:\($0)" })
    #expect(cases.allSatisfy { $0.attributes["classname"] == "on/board \"1\".safe" })
    #expect(cases.map { $0.children.first?.name } == [nil, "failure", "error", "skipped", "skipped"])
    #expect(cases[1].children.first?.attributes["message"] == "no | <b> & \"so\"\nline")
    #expect(cases[1].children.first?.text == "email: a<b>&\"c\"")
    #expect(cases[0].attributes["time"] == "0.250")
  }

  @Test func whatEndedTheRunIsACaseOfItsOwn() throws {
    var report = Self.report
    report.error = "the server cannot be reached"
    report.isKept = false
    let (_, suite, cases) = try junit(report)
    #expect(suite.attributes["tests"] == "6" && suite.attributes["errors"] == "2")
    #expect(cases.last?.children.first?.attributes["message"] == "the server cannot be reached")
    #expect(try text(.md, report).contains("**Ended early:** the server cannot be reached\n"))
    #expect(try JSONReader.read(Array(try text(.json, report).utf8))["run"]?["id"] == .null)
  }

  private func junit(_ report: RunReport) throws -> (suites: XMLTree, suite: XMLTree, cases: [XMLTree]) {
    let reader = XMLTreeReader()
    let parser = XMLParser(data: Data(try text(.xml, report).utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(parser.parserError?.localizedDescription ?? "")")
    let suites = try #require(reader.root)
    let suite = try #require(suites.children.first)
    #expect(suites.name == "testsuites" && suite.name == "testsuite" && suite.children.first?.name == "properties")
    return (suites, suite, suite.children.filter { $0.name == "testcase" })
  }
}

private final class XMLTree {
  let name: String
  let attributes: [String: String]
  var children: [XMLTree] = []
  var text = ""

  init(_ name: String, _ attributes: [String: String]) {
    self.name = name
    self.attributes = attributes
  }
}

private final class XMLTreeReader: NSObject, XMLParserDelegate {
  private(set) var root: XMLTree?
  private var open: [XMLTree] = []

  func parser(_ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]) {
    let element = XMLTree(name, attributes)
    open.last?.children.append(element)
    if root == nil { root = element }
    open.append(element)
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) { open.last?.text += text }
  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) { open.removeLast() }
}
