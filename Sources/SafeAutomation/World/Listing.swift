internal import SafeLanguage
internal import SecretSafeAPI

/// A list of the API as models, as rows, and by id. A change costs the same however long the list is; who reads the whole of it after
/// changes pays for putting it in order once.
struct Listing<Model> {
  private var places: [Model]
  private var rows: GrowingTable
  private var ids = PlaceIndex()
  private var names = PlaceIndex()
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
    return place(id)
  }

  // MARK: one

  func model(_ id: GUID) -> Model? { place(id).map { places[$0] } }
  func model(named name: String) -> Model? { place(named: name).map { places[$0] } }
  func row(_ id: GUID) -> Row? { place(id).map { rows.row($0) } }

  private func place(_ id: GUID) -> Int? { ids.place(id.hashValue) { self.id(places[$0]) == id } }
  private func place(named text: String) -> Int? { name.flatMap { name in names.place(text.hashValue) { name(places[$0]) == text } } }

  /// The address that was meant by one that is not there: with the same domain and nearly the same name, or the same name at a domain like it.
  func address(like text: String) -> String? {
    let wanted = text.lowercased()
    guard let at = wanted.firstIndex(of: "@") else { return nil }
    let (person, domain) = (String(wanted[..<at]), String(wanted[at...]))
    // Each comparison takes a while, and a run may look for many: what is of quite another length, or begins otherwise, is not looked at.
    let known = name.map { name in places.indices.lazy.filter { !gone.contains($0) }.map { name(places[$0]) } }
    let alike = (known.map { Array($0) } ?? []).filter { $0.utf8.first == wanted.utf8.first && abs($0.utf8.count - wanted.utf8.count) <= 2 }.sorted()
    let people = alike.filter { $0.hasSuffix(domain) }.map { String($0.dropLast(domain.count)) }
    if let nearest = Suggestion.nearest(to: person, among: people) { return nearest + domain }
    let domains = alike.filter { $0.hasPrefix(person + "@") }.map { String($0.dropFirst(person.count)) }
    return Suggestion.nearest(to: domain, among: domains).map { person + $0 }
  }

  mutating func put(_ model: Model) {
    if let index = place(id(model)) {
      unname(index)
      places[index] = model
      rows.replace(index, values(model))
      call(index)
    } else {
      places.append(model)
      rows.append(values(model))
      let index = places.count - 1
      ids.insert(index, id(model).hashValue) { [id, places] in id(places[$0]).hashValue }
      call(index)
    }
  }

  mutating func remove(_ id: GUID) {
    guard let index = place(id) else { return }
    unname(index)
    ids.remove(id.hashValue) { $0 == index }
    gone.insert(index)
  }

  /// Lets what is at a place be found by its name. The last one of a name is the one.
  private mutating func call(_ index: Int) {
    guard let name else { return }
    let text = name(places[index])
    if place(named: text) == nil {
      names.insert(index, text.hashValue) { [places] in name(places[$0]).hashValue }
    } else {
      names.replace(by: index, text.hashValue) { [places] in name(places[$0]) == text }
    }
  }

  private mutating func unname(_ index: Int) {
    guard let name else { return }
    names.remove(name(places[index]).hashValue) { $0 == index }
  }

  private mutating func settle() {
    if gone.isEmpty { return }
    places = places.indices.filter { !gone.contains($0) }.map { places[$0] }
    rows.remove(gone)
    gone = []
    number()
  }

  private mutating func number() {
    (ids, names) = (PlaceIndex(), PlaceIndex())
    for index in places.indices {
      if place(id(places[index])) == nil { ids.insert(index, id(places[index]).hashValue) { [id, places] in id(places[$0]).hashValue } }
      if let name, place(named: name(places[index])) == nil { names.insert(index, name(places[index]).hashValue) { [places] in name(places[$0]).hashValue } }
    }
  }
}
