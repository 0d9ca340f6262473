/// A queue. What is taken from the front is let go of in large parts.
struct Fifo<Element> {
  private var elements: [Element] = []
  private var start = 0

  var isEmpty: Bool { start == elements.count }
  var first: Element? { isEmpty ? nil : elements[start] }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func popFirst() -> Element? {
    guard let first else { return nil }
    start += 1
    if start >= 64, start * 2 >= elements.count {
      elements.removeFirst(start)
      start = 0
    }
    return first
  }

  /// Before all that `isBefore` says; looked for from the end.
  mutating func insert(_ element: Element, _ isBefore: (Element, Element) -> Bool) {
    if let first, isBefore(element, first) {
      if start > 0 {
        start -= 1
        elements[start] = element
      } else {
        elements.insert(element, at: 0)
      }
      return
    }
    var index = elements.count
    while index > start, isBefore(element, elements[index - 1]) { index -= 1 }
    elements.insert(element, at: index)
  }
}
