import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `/public/collections` (`api.md` 3.5)
enum CollectionsController {
  static let actions: [Endpoint: Action] = [
    .collectionsList: { call in .json(ListAnswer(try call.read { try $0.collections() })) }
  ]
}
