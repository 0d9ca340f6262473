import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `/public/collections` (`api.md` 3.5)
enum CollectionsController {
  static let actions: [Endpoint: Action] = [
    .collectionsList: .reads { call in try call.list { try $0.collections(after: $1, limit: $2) } },
    .collectionsGet: .reads { call in
      let id = try call.id
      guard let collection = try call.read({ try $0.collection(id) }) else { throw Failure.notFound }
      return .json(collection)
    },
    .collectionsPut: .changes { call in
      let body = try await call.body(CollectionBody.init)
      let id = try call.id
      return .json(try await call.change { try $0.updateCollection(id, body) })
    },
    .collectionsDelete: .changes { call in
      let id = try call.id
      try await call.change { try $0.deleteCollection(id) }
      return .empty()
    },
  ]
}
