import Testing

@testable import SecretSafeClient

/// How many records of a list have come in.
struct RecordCounterTests {
  private func count(_ text: String, by size: Int) -> Int {
    var counter = RecordCounter()
    var rest = Array(text.utf8)[...]
    var found = 0
    while !rest.isEmpty {
      found += counter.count(rest.prefix(size))
      rest = rest.dropFirst(size)
    }
    return found
  }

  @Test(arguments: [1, 3, 1000]) func countsTheObjectsOfTheList(_ size: Int) {
    #expect(count(#"{"object":"list","data":[{"id":1,"groups":[{"a":{}}]},{"id":2,"x":"}{\"[{"}],"continuationToken":null}"#, by: size) == 2)
    #expect(count(#"{"object":"list","data":[]}"#, by: size) == 0)
    #expect(count(#"{"object":"member","collections":[{"id":1}]}"#, by: size) == 1, "an object with a list looks like one; who listens knows the path")
    #expect(count(#"["a","b"]"#, by: size) == 0)
    #expect(count("<html>}}]{", by: size) == 0)
  }
}
