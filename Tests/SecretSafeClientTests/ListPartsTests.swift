import Testing

@testable import SecretSafeClient

/// Where the elements of a list stand in its JSON.
struct ListPartsTests {
  private func parts(_ text: String, by elements: Int) -> (frame: String, runs: [String])? {
    let body = Array(text.utf8)
    return ListParts(body, elements: elements).map { parts in
      (String(decoding: parts.frame, as: UTF8.self), parts.runs.map { String(decoding: body[$0], as: UTF8.self) })
    }
  }

  @Test func elementsStandInRuns() throws {
    let text = #"{"object":"list","data":[{"a":[1,2],"data":[3]},{"b":"],\"}{"},{"c":{}}],"continuationToken":null}"#
    let found = try #require(parts(text, by: 2))
    #expect(found.frame == #"{"object":"list","data":[],"continuationToken":null}"#)
    #expect(found.runs == [#"{"a":[1,2],"data":[3]},{"b":"],\"}{"}"#, #"{"c":{}}"#])
    #expect(parts(#"{"data": [ ]}"#, by: 2)?.runs == [" "])
  }

  /// What is broken, or may be meant otherwise, is left to the decoder whole.
  @Test(arguments: [
    #"{"data":[{}"#, #"{"data":[{}},"x":1}"#, #"{"data":[1,]}"#, #"{"data":[1,2,]}"#, #"{"data":{"a":[1]}}"#, #"{"data":null}"#, #"{"data":[],"data":[1]}"#,
    #"{"d\u0061ta":[1]}"#, "[1,2]", "", "<html>", #"{"data":["a]}"#,
  ])
  func whatIsOtherIsReadWhole(_ text: String) { #expect(parts(text, by: 1) == nil) }
}
