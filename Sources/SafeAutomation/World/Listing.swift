internal import SafeLanguage
internal import SecretSafeAPI

/// A list of the API as models, as rows, and by id.
struct Listing<Model> {
  private(set) var models: [Model]
  private(set) var growing: GrowingTable
  private var indexes: [GUID: Int]
  private let id: @Sendable (Model) -> GUID
  private let values: @Sendable (Model) -> [Value]
  let loaded = ContinuousClock.now

  init(_ models: [Model], _ type: RecordType, id: @escaping @Sendable (Model) -> GUID, _ values: @escaping @Sendable (Model) -> [Value]) {
    self.models = models
    self.id = id
    self.values = values
    var builder = TableBuilder(type)
    for model in models { builder.add(values(model)) }
    growing = GrowingTable(builder.table())
    indexes = Dictionary(models.enumerated().map { (id($1), $0) }, uniquingKeysWith: { first, _ in first })
  }

  func index(_ id: GUID) -> Int? { indexes[id] }
  func model(_ id: GUID) -> Model? { indexes[id].map { models[$0] } }
  func row(_ id: GUID) -> Row? { indexes[id].map { Row(growing.table, $0) } }

  mutating func put(_ model: Model) {
    if let index = indexes[id(model)] {
      models[index] = model
      growing.replace(index, values(model))
    } else {
      indexes[id(model)] = models.count
      models.append(model)
      growing.append(values(model))
    }
  }

  mutating func remove(_ id: GUID) {
    guard let index = indexes[id] else { return }
    models.remove(at: index)
    growing.remove(index)
    indexes = Dictionary(models.enumerated().map { (self.id($1), $0) }, uniquingKeysWith: { first, _ in first })
  }
}
