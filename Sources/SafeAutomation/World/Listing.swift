internal import SafeLanguage
internal import SecretSafeAPI

/// A list of the API as models, as rows, and by id. A change costs the same however long the list is; who reads the whole of it after
/// changes pays for putting it in order once.
struct Listing<Model> {
  private var places: [Model]
  private var rows: GrowingTable
  private var indexes: [GUID: Int] = [:]
  private var names: [String: GUID] = [:]
  /// Places of what was removed, until somebody reads the whole.
  private var gone: Set<Int> = []
  private let id: @Sendable (Model) -> GUID
  /// What else it is found by; nil if by nothing.
  private let name: (@Sendable (Model) -> String)?
  private let values: @Sendable (Model) -> [Value]
  let loaded = ContinuousClock.now

  init(
    _ models: [Model], _ type: RecordType, id: @escaping @Sendable (Model) -> GUID, name: (@Sendable (Model) -> String)? = nil,
    _ values: @escaping @Sendable (Model) -> [Value]
  ) {
    places = models
    self.id = id
    self.name = name
    self.values = values
    var builder = TableBuilder(type)
    for model in models { builder.add(values(model)) }
    rows = GrowingTable(builder.table())
    number()
    if let name { names = Dictionary(models.map { (name($0), id($0)) }, uniquingKeysWith: { first, _ in first }) }
  }

  // MARK: the whole

  var models: [Model] {
    mutating get {
      settle()
      return places
    }
  }

  var table: Table {
    mutating get {
      settle()
      return rows.table
    }
  }

  /// The place of a model in `models` and `table`.
  mutating func index(_ id: GUID) -> Int? {
    settle()
    return indexes[id]
  }

  // MARK: one

  func model(_ id: GUID) -> Model? { indexes[id].map { places[$0] } }
  func model(named name: String) -> Model? { names[name].flatMap { model($0) } }
  func row(_ id: GUID) -> Row? { indexes[id].map { rows.row($0) } }

  /// The address that was meant by one that is not there: with the same domain and nearly the same name, or the same name at a domain like it.
  func address(like text: String) -> String? {
    let wanted = text.lowercased()
    guard let at = wanted.firstIndex(of: "@") else { return nil }
    let (person, domain) = (String(wanted[..<at]), String(wanted[at...]))
    // Each comparison takes a while, and a run may look for many: what is of quite another length, or begins otherwise, is not looked at.
    let alike = names.keys.filter { $0.utf8.first == wanted.utf8.first && abs($0.utf8.count - wanted.utf8.count) <= 2 }.sorted()
    let people = alike.filter { $0.hasSuffix(domain) }.map { String($0.dropLast(domain.count)) }
    if let nearest = Suggestion.nearest(to: person, among: people) { return nearest + domain }
    let domains = alike.filter { $0.hasPrefix(person + "@") }.map { String($0.dropFirst(person.count)) }
    return Suggestion.nearest(to: domain, among: domains).map { person + $0 }
  }

  mutating func put(_ model: Model) {
    if let name { names[name(model)] = id(model) }
    if let index = indexes[id(model)] {
      places[index] = model
      rows.replace(index, values(model))
    } else {
      indexes[id(model)] = places.count
      places.append(model)
      rows.append(values(model))
    }
  }

  mutating func remove(_ id: GUID) {
    guard let index = indexes.removeValue(forKey: id) else { return }
    gone.insert(index)
    if let name, names[name(places[index])] == id { names[name(places[index])] = nil }
  }

  private mutating func settle() {
    if gone.isEmpty { return }
    places = places.indices.filter { !gone.contains($0) }.map { places[$0] }
    rows.remove(gone)
    gone = []
    number()
  }

  private mutating func number() {
    indexes = Dictionary(places.enumerated().map { (id($1), $0) }, uniquingKeysWith: { first, _ in first })
  }
}
